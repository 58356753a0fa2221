// Checks the Markdown of this repository: every ts block is a region of a type-checked file, every relative link leads
// somewhere. `--fix` fills the blocks in.
//
//   <!-- snippet: packages/schema/test/readme.test.ts#contracts -->   right before the block
//   // #region contracts … // #endregion                              in that file
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const MARKDOWN = ['*.md', 'packages/*/README.md', 'examples/**/*.md', 'docs/**/*.md', 'bench/*.md']
const BLOCK = /(?:<!-- snippet: (\S+)#(\S+) -->\n+)?```ts\n([^]*?)```/g
const LINK = /\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]*))?\)/g
const CODE = /```[^]*?```|`[^`\n]*`/g
/** What `npm run types` checks. */
const TYPE_CHECKED = /^(packages\/[^/]+\/test|test|examples)\//

const fix = process.argv.includes('--fix')

function check(path: string): readonly string[] {
  const text = readFileSync(path, 'utf8')
  const problems: string[] = []
  const at = (index: number): string => `${path}:${text.slice(0, index).split('\n').length}`
  let filled = text
  for (const { 0: block, 1: file = '', 2: region = '', 3: code, index } of text.matchAll(BLOCK)) {
    const source = regionOf(file, region)
    if (file === '') problems.push(`${at(index)} a ts block needs <!-- snippet: file.ts#region --> right before it`)
    else if (source === undefined)
      problems.push(`${at(index)} ${file} is no type-checked file with a region '${region}'`)
    else if (fix) filled = filled.replace(block, () => block.replace(/```ts\n[^]*$/, () => `\`\`\`ts\n${source}\`\`\``))
    else if (source !== code) problems.push(`${at(index)} differs from ${file}#${region}: npm run docs -- --fix`)
  }
  if (filled !== text) writeFileSync(path, filled)
  for (const { 1: link = '', 2: anchor, index } of withoutCode(text).matchAll(LINK)) {
    const problem = linkProblem(path, link, anchor)
    if (problem) problems.push(`${at(index)} ${problem}`)
  }
  return problems
}

/** The lines of a region, without their common indentation and without the marks of regions inside. */
function regionOf(file: string, region: string): string | undefined {
  if (!TYPE_CHECKED.test(file) || !existsSync(file)) return undefined
  const lines = readFileSync(file, 'utf8').split('\n')
  const start = lines.findIndex((line) => line.trim() === `// #region ${region}`)
  if (start < 0) return undefined
  let depth = 1
  const inside: string[] = []
  for (const line of lines.slice(start + 1)) {
    const mark = /^\s*\/\/ #(region|endregion)\b/.exec(line)?.[1]
    if (mark) depth += mark === 'region' ? 1 : -1
    if (depth === 0) break
    if (!mark) inside.push(line)
  }
  const indents = inside.filter((line) => line.trim()).map((line) => line.length - line.trimStart().length)
  return inside.map((line) => `${line.slice(Math.min(...indents))}\n`).join('')
}

function linkProblem(from: string, link: string, anchor: string | undefined): string | undefined {
  const target = link === '' ? from : join(dirname(from), decodeURI(link))
  if (!existsSync(target)) return `the link '${link}' leads nowhere`
  if (!anchor || !target.endsWith('.md')) return undefined
  const headings = readFileSync(target, 'utf8').matchAll(/^#+ (.+)$/gm)
  const found = [...headings].some(([, heading = '']) => slug(heading) === anchor)
  return found ? undefined : `the link '${link}#${anchor}' names no heading of ${target}`
}

/** As GitHub makes them. */
function slug(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
}

/** Code blanked out, positions kept. */
function withoutCode(markdown: string): string {
  return markdown.replaceAll(CODE, (code) => code.replaceAll(/[^\n]/g, ' '))
}

const problems = globSync(MARKDOWN).flatMap(check)
for (const problem of problems) console.log(problem)
if (problems.length > 0) process.exitCode = 1
