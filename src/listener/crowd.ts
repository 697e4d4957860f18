// A bounded number of connections, in total and from one address: the oldest gives way.

/** A member of a crowd. */
interface Member {
  readonly address: string;
}

export interface Crowd<T extends Member> {
  /** Adds a newcomer; if there are too many now, returns the oldest, which is no longer counted and has to go. */
  add(member: T): T | undefined;
  /** Stops counting a member; does nothing if it is not counted. */
  remove(member: T): void;
  /** Whether more than half of the places are taken. */
  isDense(): boolean;
}

/** An address in `isExempt` (a proxy) may have as many connections as all others together. */
export function createCrowd<T extends Member>({
  max,
  maxPerAddress,
  isExempt,
}: {
  readonly max: number;
  readonly maxPerAddress: number;
  readonly isExempt: (address: string) => boolean;
}): Crowd<T> {
  const all = new Set<T>();
  const perAddress = new Map<string, Set<T>>();
  const remove = (member: T): void => {
    const fromThere = perAddress.get(member.address);
    all.delete(member);
    if (fromThere?.delete(member) === true && fromThere.size === 0) perAddress.delete(member.address);
  };
  return {
    add(member) {
      const { address } = member;
      const fromThere = perAddress.get(address) ?? new Set<T>();
      perAddress.set(address, fromThere.add(member));
      all.add(member);
      // The newcomer stays, because behind one router the owner and a scanner may share an address.
      const tooMany =
        fromThere.size > maxPerAddress && !isExempt(address) ? fromThere : all.size > max ? all : undefined;
      const [oldest] = tooMany ?? [];
      if (oldest !== undefined) remove(oldest);
      return oldest;
    },
    remove,
    isDense: () => all.size > max / 2,
  };
}
