// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Puts faults below a tier: the k-th operation of a kind fails, writes are torn or come out short.
 * Thread-safe; {@code this} guards the plan.
 */
public final class FaultyFiles extends ForwardingFiles {
  public static final String NO_SPACE = "No space left on device";
  public static final String BROKEN = "Input/output error";

  public enum Operation {
    CREATE,
    OPEN,
    LIST,
    READ,
    WRITE,
    TRUNCATE,
    FORCE,
    FORCE_DIRECTORY,
    DELETE
  }

  private record Fault(long first, long last, String message) {}

  private final Map<Operation, Fault> faults = new EnumMap<>(Operation.class);
  private final Map<Operation, Long> counts = new EnumMap<>(Operation.class);
  private int mostBytesPerWrite = Integer.MAX_VALUE;

  public FaultyFiles(SegmentFiles files) {
    super(files);
  }

  /** Lets the next operations of a kind fail, after skipping some. */
  public synchronized void fail(Operation operation, long skip, long times, String message) {
    long first = count(operation) + skip + 1;
    faults.put(operation, new Fault(first, first + times - 1, message));
  }

  public synchronized void heal() {
    faults.clear();
    mostBytesPerWrite = Integer.MAX_VALUE;
  }

  /** Lets every write take at most this many bytes. */
  public synchronized void shortenWrites(int bytes) {
    mostBytesPerWrite = bytes;
  }

  public synchronized long count(Operation operation) {
    return counts.getOrDefault(operation, 0L);
  }

  private synchronized Fault next(Operation operation) {
    long number = counts.merge(operation, 1L, Long::sum);
    Fault fault = faults.get(operation);
    return fault != null && number >= fault.first() && number <= fault.last() ? fault : null;
  }

  private void pass(Operation operation) throws IOException {
    Fault fault = next(operation);
    if (fault != null) {
      throw new IOException(fault.message());
    }
  }

  private synchronized int mostBytesPerWrite() {
    return mostBytesPerWrite;
  }

  @Override
  public SegmentFile create(String name) throws IOException {
    pass(Operation.CREATE);
    return super.create(name);
  }

  @Override
  public SegmentFile open(String name) throws IOException {
    pass(Operation.OPEN);
    return super.open(name);
  }

  @Override
  public List<String> list() throws IOException {
    pass(Operation.LIST);
    return super.list();
  }

  @Override
  public void delete(String name) throws IOException {
    pass(Operation.DELETE);
    super.delete(name);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    pass(Operation.DELETE);
    super.rename(from, to);
  }

  @Override
  public void replace(String from, String to) throws IOException {
    pass(Operation.DELETE);
    super.replace(from, to);
  }

  @Override
  public void forceDirectory() throws IOException {
    pass(Operation.FORCE_DIRECTORY);
    super.forceDirectory();
  }

  @Override
  protected SegmentFile wrapped(SegmentFile file, String name) {
    return new FaultyFile(file);
  }

  private final class FaultyFile extends ForwardingFile {
    FaultyFile(SegmentFile file) {
      super(file);
    }

    @Override
    public int read(ByteBuffer target, long offset) throws IOException {
      pass(Operation.READ);
      return super.read(target, offset);
    }

    /** A failing write is torn: the first half of it reaches the file. */
    @Override
    public int write(ByteBuffer source, long offset) throws IOException {
      Fault fault = next(Operation.WRITE);
      int count = Math.min(source.remaining(), mostBytesPerWrite());
      ByteBuffer part = source.slice(source.position(), fault == null ? count : count / 2);
      super.write(part, offset);
      if (fault != null) {
        throw new IOException(fault.message());
      }
      source.position(source.position() + count);
      return count;
    }

    @Override
    public void force() throws IOException {
      pass(Operation.FORCE);
      super.force();
    }

    @Override
    public void truncate(long bytes) throws IOException {
      pass(Operation.TRUNCATE);
      super.truncate(bytes);
    }
  }
}
