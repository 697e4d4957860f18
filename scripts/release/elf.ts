// Puts data into an ELF executable as a note, where Node looks for the program of a single executable, and leaves symbols out.

/** What is needed of an ELF header (64 bits, little-endian), with the offsets of its fields. */
const header = { programHeaders: 32, sectionHeaders: 40, programHeaderCount: 56, sectionHeaderCount: 60 };
const programHeaderSize = 56;
const kinds = { load: 1, note: 4, programHeaders: 6 };
/** The largest size of a page on ARM; each segment begins on a page of its own. */
const page = 0x1_00_00n;
const readable = 4;

interface Segment {
  readonly kind: number;
  readonly flags: number;
  readonly offset: bigint;
  readonly address: bigint;
  readonly fileSize: bigint;
  readonly memorySize: bigint;
  readonly align: bigint;
}

/**
 * An executable with a further note. What is not loaded into memory, such as symbols and section headers, is left out. The list of segments moves behind
 * what is loaded, together with the note; both keep the distance of file and memory of the first segment, because older kernels compute with it.
 */
export function addNote(executable: Buffer, name: string, data: Uint8Array): Buffer {
  const segments = readSegments(executable);
  const loaded = segments.filter(({ kind }) => kind === kinds.load);
  const [first] = loaded;
  if (first === undefined) throw new Error('The executable loads nothing');
  const base = first.address - first.offset;
  const end = loaded.map(({ address, memorySize }) => address + memorySize - base);
  const kept = loaded.map(({ offset, fileSize }) => offset + fileSize);
  const at = toPage(max([...end, ...kept]));
  const listSize = BigInt((segments.length + 2) * programHeaderSize);
  const note = toNote(name, data);
  const noteAt = at + listSize;
  const place = { address: base + at, offset: at };
  const whole: Segment = {
    ...place,
    kind: kinds.load,
    flags: readable,
    fileSize: listSize + BigInt(note.length),
    memorySize: listSize + BigInt(note.length),
    align: page,
  };
  const size = { fileSize: BigInt(note.length), memorySize: BigInt(note.length) };
  const ofNote: Segment = {
    ...whole,
    ...size,
    kind: kinds.note,
    offset: noteAt,
    address: base + noteAt,
    align: 4n,
  };
  const last = segments.findLastIndex(({ kind }) => kind === kinds.load);
  const moved = segments.map((segment) =>
    segment.kind === kinds.programHeaders
      ? { ...segment, ...place, fileSize: listSize, memorySize: listSize }
      : segment,
  );
  // Segments that are loaded have to be in the order of their addresses.
  const list = [...moved.slice(0, last + 1), whole, ...moved.slice(last + 1), ofNote];
  const result = Buffer.alloc(Number(noteAt) + note.length);
  executable.copy(result, 0, 0, Number(max(kept)));
  result.writeBigUInt64LE(at, header.programHeaders);
  result.writeUInt16LE(list.length, header.programHeaderCount);
  result.writeBigUInt64LE(0n, header.sectionHeaders);
  // How many section headers there are, and which of them has their names.
  result.fill(0, header.sectionHeaderCount, header.sectionHeaderCount + 4);
  list.forEach((segment, i) => writeSegment(result, Number(at) + i * programHeaderSize, segment));
  note.copy(result, Number(noteAt));
  return result;
}

function readSegments(elf: Buffer): Segment[] {
  if (elf.toString('latin1', 0, 6) !== '\x7fELF\x02\x01') throw new Error('This is no ELF file of 64 bits');
  const start = Number(elf.readBigUInt64LE(header.programHeaders));
  return Array.from({ length: elf.readUInt16LE(header.programHeaderCount) }, (_, i) => {
    const at = start + i * programHeaderSize;
    const [offset = 0n, address = 0n, , fileSize = 0n, memorySize = 0n, align = 0n] = [
      8, 16, 24, 32, 40, 48,
    ].map((field) => elf.readBigUInt64LE(at + field));
    return {
      kind: elf.readUInt32LE(at),
      flags: elf.readUInt32LE(at + 4),
      offset,
      address,
      fileSize,
      memorySize,
      align,
    };
  });
}

function writeSegment(elf: Buffer, at: number, segment: Segment): void {
  const { kind, flags, offset, address, fileSize, memorySize, align } = segment;
  elf.writeUInt32LE(kind, at);
  elf.writeUInt32LE(flags, at + 4);
  // The physical address is not used, and is the same by custom.
  [offset, address, address, fileSize, memorySize, align].forEach((value, i) =>
    elf.writeBigUInt64LE(value, at + 8 + i * 8),
  );
}

/** A note: the sizes of its name and its data, a type that is not used, and both, filled up to four bytes. */
function toNote(name: string, data: Uint8Array): Buffer {
  const nameBytes = Buffer.from(`${name}\0`);
  const sizes = Buffer.alloc(12);
  sizes.writeUInt32LE(nameBytes.length, 0);
  sizes.writeUInt32LE(data.length, 4);
  return Buffer.concat([sizes, fillUp(nameBytes), fillUp(data)]);
}

function fillUp(bytes: Uint8Array): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
}

function toPage(offset: bigint): bigint {
  return ((offset + page - 1n) / page) * page;
}

function max(values: readonly bigint[]): bigint {
  return values.reduce((most, value) => (value > most ? value : most), 0n);
}
