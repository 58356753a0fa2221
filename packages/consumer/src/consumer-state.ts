import type { Transitions } from './transitions.ts'

/**
 * What a consumer is doing. `starting`: it looks for its queue; `paused`: nothing new starts; `stopping`: it drains. A
 * consumer that has stopped stays so.
 */
export type State = 'idle' | 'starting' | 'running' | 'paused' | 'stopping' | 'stopped'
export type ConsumerEvent = 'start' | 'started' | 'fail' | 'pause' | 'resume' | 'stop' | 'drained'

export const CONSUMER: Transitions<State, ConsumerEvent> = {
  idle: { start: 'starting', stop: 'stopped' },
  starting: { started: 'running', fail: 'stopped', stop: 'stopping' },
  running: { pause: 'paused', stop: 'stopping' },
  paused: { resume: 'running', stop: 'stopping' },
  stopping: { drained: 'stopped' },
  stopped: {},
}
