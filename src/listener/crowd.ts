// A bounded number of connections, in all and from one address: the oldest gives way.

/** What can be one of many. */
interface Member {
  readonly address: string;
  destroy(): void;
}

export interface Crowd<T extends Member> {
  /** Adds a newcomer; the oldest gives way if there are too many now. */
  add(member: T): void;
  /** Counts a member no more; does nothing if it is not counted. */
  remove(member: T): void;
}

/** Addresses in `isExempt`, the proxies, may have as many as all together. */
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
      // The newcomer stays: behind one router the owner and a scanner may have the same address.
      const tooMany = fromThere.size > maxPerAddress && !isExempt(address) ? fromThere : all.size > max ? all : undefined;
      const [oldest] = tooMany ?? [];
      if (oldest === undefined) return;
      remove(oldest);
      oldest.destroy();
    },
    remove,
  };
}
