/** As long as it may take to put a large answer together, before somebody asks again. */
const trimMs = 3000;

export interface IdleSetup<Child> {
  /** So many are kept for what may come. */
  readonly kept: number;
  readonly throwAway: (child: Child) => void;
}

/** Probing processes that have nothing to do. A crowd of them is let go once it has had nothing to do for a while. */
export class Idle<Child extends object> {
  readonly #setup: IdleSetup<Child>;
  readonly #children: Child[] = [];
  /** Of a sweep, that a process was in last: it knows what it judged there. */
  readonly #lanes = new WeakMap<Child, number>();
  #trim: NodeJS.Timeout | undefined;

  constructor(setup: IdleSetup<Child>) {
    this.#setup = setup;
  }

  add(child: Child): void {
    this.#children.push(child);
    clearTimeout(this.#trim);
    if (this.#children.length <= this.#setup.kept) return;
    this.#trim = setTimeout(() => this.#letGo(), trimMs).unref();
  }

  /** The one that was in this lane before, else one that was in none, else any; of several the last that was added. */
  take(lane: number | undefined): Child | undefined {
    const wanted = [lane, undefined].map((one) =>
      this.#children.findLastIndex((child) => this.#lanes.get(child) === one),
    );
    const at = wanted.find((place) => place >= 0) ?? this.#children.length - 1;
    return at < 0 ? undefined : this.#children.splice(at, 1)[0];
  }

  /** Whether the one that was in this lane is there. */
  has(lane: number): boolean {
    return this.#children.some((child) => this.#lanes.get(child) === lane);
  }

  /** It works in this lane now. */
  enter(child: Child, lane: number): void {
    this.#lanes.set(child, lane);
  }

  /** It has ended. */
  forget(child: Child): void {
    const at = this.#children.indexOf(child);
    if (at >= 0) this.#children.splice(at, 1);
  }

  /** None is left. */
  takeAll(): readonly Child[] {
    clearTimeout(this.#trim);
    return this.#children.splice(0);
  }

  #letGo(): void {
    // the first lane is in every sweep
    this.#children.sort((a, b) => (this.#lanes.get(a) ?? 0) - (this.#lanes.get(b) ?? 0));
    for (const child of this.#children.splice(this.#setup.kept)) this.#setup.throwAway(child);
  }
}
