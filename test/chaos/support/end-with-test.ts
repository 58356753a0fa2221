/** Lets this process end with the test that started it, however that ends. Waiting for it does not keep the process. */
export function endWithTest(): void {
  process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'))
  process.channel?.unref()
}
