/**
 * A state machine: from each state, where each event leads. What is not there can't happen. `docs/internals/consumer.md`
 * draws each of them, and a test holds the drawings against the tables.
 */
export type Transitions<State extends string, Event extends string> = Readonly<
  Record<State, Readonly<Partial<Record<Event, State>>>>
>

/** The state that `event` leads to. */
export function after<State extends string, Event extends string>(
  transitions: Transitions<State, Event>,
  state: State,
  event: Event,
): State {
  const to = transitions[state][event]
  if (to === undefined) throw new Error(`Bug: there is no '${event}' from the state '${state}'.`)
  return to
}
