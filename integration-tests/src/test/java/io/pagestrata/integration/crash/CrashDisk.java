// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.crash;

import io.pagestrata.tiers.file.SegmentFile;
import io.pagestrata.tiers.file.SegmentFiles;
import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A directory in memory that knows what a disk would hold after a loss of power: what was forced,
 * and any part of what was not. Files and directory entries are forced apart from each other.
 *
 * <p>A force that fails leaves what it should have written for lost or kept by chance, and a later
 * force does not write it again: as Linux does. For one thread.
 */
final class CrashDisk implements SegmentFiles {
  /** What of the unforced changes is on the disk after a crash. */
  enum Keeps {
    /** Everything: the process died, or the disk was quick. */
    ALL,
    /** Nothing. */
    FORCED,
    /** Everything up to some sector of the last change. */
    TORN,
    /** Any of the sectors and directory entries, in any order. */
    SOME
  }

  private static final int SECTOR_BYTES = 512;

  /** A change of a file: bytes at an offset, or a new length when there are none. */
  private record Change(long offset, byte[] bytes) {}

  /**
   * A change of the directory: a file got a name, or a name went when there is none; that which the
   * file had before goes in the same step.
   */
  private record Entry(String name, Inode inode, String before) {}

  private static final class Inode {
    private byte[] now = new byte[0];
    private int nowLength;
    private byte[] forced = new byte[0];
    private int forcedLength;

    /** The arrays belong to another disk too. */
    private boolean shared;

    private final List<Change> pending = new ArrayList<>();
  }

  private final Map<String, Inode> now = new HashMap<>();
  private final Map<String, Inode> forced = new HashMap<>();
  private final List<Entry> pending = new ArrayList<>();
  private Runnable afterChange = () -> {};
  private Random faults;
  private double faultShare;
  private Inode last;
  private long changes;
  private long failures;

  /** Runs after each change, force or change of the directory. */
  void afterChange(Runnable step) {
    afterChange = step;
  }

  /** Lets some share of the writes, forces and deletions fail. */
  void failAtRandom(Random random, double share) {
    faults = random;
    faultShare = share;
  }

  long changes() {
    return changes;
  }

  private void changed() {
    changes++;
    afterChange.run();
  }

  private boolean fails() {
    boolean fails = faults != null && faults.nextDouble() < faultShare;
    failures += fails ? 1 : 0;
    return fails;
  }

  long failures() {
    return failures;
  }

  /** The disk as the next start finds it after a loss of power now. */
  CrashDisk afterPowerLoss(Keeps keeps, Random random) {
    CrashDisk disk = new CrashDisk();
    Map<String, Inode> names = new HashMap<>(forced);
    for (Entry entry : pending) {
      if (keeps == Keeps.ALL
          || keeps == Keeps.TORN
          || keeps == Keeps.SOME && random.nextBoolean()) {
        put(names, entry);
      }
    }
    names.forEach(
        (name, inode) -> {
          Inode copy = survivor(inode, keeps, random);
          disk.now.put(name, copy);
          disk.forced.put(name, copy);
        });
    return disk;
  }

  /** The disk after the process died: nothing is lost yet, and what was not forced still is not. */
  CrashDisk afterKill() {
    CrashDisk disk = new CrashDisk();
    Map<Inode, Inode> copies = new HashMap<>();
    now.forEach((name, inode) -> disk.now.put(name, copies.computeIfAbsent(inode, this::copy)));
    forced.forEach(
        (name, inode) -> disk.forced.put(name, copies.computeIfAbsent(inode, this::copy)));
    for (Entry entry : pending) {
      Inode inode =
          entry.inode() == null ? null : copies.computeIfAbsent(entry.inode(), this::copy);
      disk.pending.add(new Entry(entry.name(), inode, entry.before()));
    }
    return disk;
  }

  private Inode copy(Inode inode) {
    Inode copy = new Inode();
    copy.now = inode.now.clone();
    copy.nowLength = inode.nowLength;
    copy.forced = inode.forced.clone();
    copy.forcedLength = inode.forcedLength;
    copy.pending.addAll(inode.pending);
    return copy;
  }

  private Inode survivor(Inode inode, Keeps keeps, Random random) {
    Inode copy = new Inode();
    copy.forced = inode.forced;
    copy.forcedLength = inode.forcedLength;
    copy.shared = true;
    for (int i = 0; i < inode.pending.size() && keeps != Keeps.FORCED; i++) {
      Change change = inode.pending.get(i);
      boolean torn = keeps == Keeps.TORN && inode == last && i == inode.pending.size() - 1;
      if (keeps == Keeps.SOME) {
        applySome(copy, change, random);
      } else if (!torn) {
        apply(copy, change, 0, length(change));
      } else {
        int sectors = (length(change) + SECTOR_BYTES - 1) / SECTOR_BYTES;
        apply(
            copy, change, 0, Math.min(length(change), random.nextInt(sectors + 1) * SECTOR_BYTES));
      }
    }
    copy.now = copy.forced;
    copy.nowLength = copy.forcedLength;
    copy.shared = true;
    return copy;
  }

  private static int length(Change change) {
    return change.bytes() == null ? 0 : change.bytes().length;
  }

  private static void applySome(Inode inode, Change change, Random random) {
    if (change.bytes() == null) {
      if (random.nextBoolean()) {
        apply(inode, change, 0, 0);
      }
      return;
    }
    int kind = random.nextInt(4);
    for (int from = 0; from < change.bytes().length && kind > 0; from += SECTOR_BYTES) {
      if (kind == 1 || random.nextBoolean()) {
        apply(inode, change, from, Math.min(SECTOR_BYTES, change.bytes().length - from));
      }
    }
  }

  private static void put(Map<String, Inode> names, Entry entry) {
    if (entry.inode() == null) {
      names.remove(entry.name());
    } else {
      names.put(entry.name(), entry.inode());
      names.remove(entry.before(), entry.inode());
    }
  }

  /** Applies a part of a change to what is forced. */
  private static void apply(Inode inode, Change change, int from, int bytes) {
    if (change.bytes() == null) {
      inode.forcedLength = (int) Math.min(inode.forcedLength, change.offset());
      return;
    }
    if (bytes == 0) {
      return;
    }
    int at = (int) change.offset() + from;
    inode.forced = room(inode.forced, inode.forcedLength, at + bytes, inode.shared);
    inode.shared = false;
    Arrays.fill(inode.forced, inode.forcedLength, Math.max(inode.forcedLength, at), (byte) 0);
    System.arraycopy(change.bytes(), from, inode.forced, at, bytes);
    inode.forcedLength = Math.max(inode.forcedLength, at + bytes);
  }

  private static byte[] room(byte[] bytes, int length, int end, boolean shared) {
    if (end > bytes.length) {
      return Arrays.copyOf(bytes, Math.max(end, 2 * length));
    }
    return shared ? bytes.clone() : bytes;
  }

  @Override
  public Closeable lock() {
    return () -> {};
  }

  @Override
  public SegmentFile create(String name) throws IOException {
    if (now.containsKey(name)) {
      throw new FileAlreadyExistsException(name);
    }
    Inode inode = new Inode();
    change(new Entry(name, inode, null));
    return new File(inode);
  }

  private void change(Entry entry) {
    put(now, entry);
    pending.add(entry);
    last = null;
    changed();
  }

  @Override
  public SegmentFile open(String name) throws IOException {
    if (!now.containsKey(name)) {
      throw new FileNotFoundException(name);
    }
    return new File(now.get(name));
  }

  @Override
  public List<String> list() {
    return List.copyOf(now.keySet());
  }

  @Override
  public void delete(String name) throws IOException {
    if (fails()) {
      throw new IOException("Input/output error");
    }
    if (now.containsKey(name)) {
      change(new Entry(name, null, null));
    }
  }

  @Override
  public void rename(String from, String to) {
    replace(from, to);
  }

  /** Both names change in one step: a journal keeps all of it or nothing. */
  @Override
  public void replace(String from, String to) {
    Inode inode = now.get(from);
    Entry entry = new Entry(to, inode, from);
    change(entry);
  }

  @Override
  public void forceDirectory() throws IOException {
    if (fails()) {
      throw new IOException("Input/output error");
    }
    pending.forEach(entry -> put(forced, entry));
    pending.clear();
    changed();
  }

  private final class File implements SegmentFile {
    private final Inode inode;

    File(Inode inode) {
      this.inode = inode;
    }

    @Override
    public int read(ByteBuffer target, long offset) {
      int count = (int) Math.min(target.remaining(), inode.nowLength - offset);
      if (count <= 0) {
        return -1;
      }
      target.put(inode.now, (int) offset, count);
      return count;
    }

    @Override
    public int write(ByteBuffer source, long offset) throws IOException {
      boolean fails = fails();
      byte[] bytes = new byte[fails ? source.remaining() / 2 : source.remaining()];
      source.get(bytes);
      int end = (int) offset + bytes.length;
      inode.now = room(inode.now, inode.nowLength, end, inode.shared || inode.now == inode.forced);
      Arrays.fill(inode.now, inode.nowLength, Math.max(inode.nowLength, (int) offset), (byte) 0);
      System.arraycopy(bytes, 0, inode.now, (int) offset, bytes.length);
      inode.nowLength = Math.max(inode.nowLength, end);
      note(new Change(offset, bytes));
      if (fails) {
        throw new IOException("No space left on device");
      }
      return bytes.length;
    }

    private void note(Change change) {
      inode.pending.add(change);
      last = inode;
      changed();
    }

    @Override
    public void force() throws IOException {
      boolean fails = fails();
      for (Change change : inode.pending) {
        if (!fails || faults.nextBoolean()) {
          apply(inode, change, 0, length(change));
        }
      }
      inode.pending.clear();
      changed();
      if (fails) {
        throw new IOException("Input/output error");
      }
    }

    @Override
    public long size() {
      return inode.nowLength;
    }

    @Override
    public void truncate(long bytes) {
      inode.nowLength = (int) Math.min(inode.nowLength, bytes);
      note(new Change(bytes, null));
    }

    @Override
    public void close() {}
  }
}
