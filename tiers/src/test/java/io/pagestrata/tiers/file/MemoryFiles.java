// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.FileAlreadyExistsException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** A directory in memory that outlives the tiers using it and counts the files they leave open. */
final class MemoryFiles implements SegmentFiles {
  private final Map<String, Content> contents = new ConcurrentHashMap<>();
  private final AtomicBoolean locked = new AtomicBoolean();
  final AtomicInteger openFiles = new AtomicInteger();

  private static final class Content {
    private byte[] bytes = new byte[0];
    private int length;

    /** What a later write leaves between the end and itself is zero, as in any file. */
    void cut(long end) {
      if (end < length) {
        Arrays.fill(bytes, (int) end, length, (byte) 0);
        length = (int) end;
      }
    }
  }

  @Override
  public Closeable lock() throws IOException {
    if (!locked.compareAndSet(false, true)) {
      throw new IOException("in use");
    }
    return () -> locked.set(false);
  }

  boolean isLocked() {
    return locked.get();
  }

  @Override
  public SegmentFile create(String name) throws IOException {
    Content content = new Content();
    if (contents.putIfAbsent(name, content) != null) {
      throw new FileAlreadyExistsException(name);
    }
    return new MemoryFile(content);
  }

  @Override
  public SegmentFile open(String name) throws IOException {
    Content content = contents.get(name);
    if (content == null) {
      throw new FileNotFoundException(name);
    }
    return new MemoryFile(content);
  }

  @Override
  public List<String> list() {
    return new ArrayList<>(contents.keySet());
  }

  @Override
  public void delete(String name) {
    contents.remove(name);
  }

  @Override
  public void rename(String from, String to) {
    replace(from, to);
  }

  @Override
  public void replace(String from, String to) {
    contents.put(to, contents.remove(from));
  }

  @Override
  public void forceDirectory() {}

  /** A copy of what a file holds. */
  byte[] bytes(String name) {
    Content content = contents.get(name);
    synchronized (content) {
      return Arrays.copyOf(content.bytes, content.length);
    }
  }

  /** A directory with the same files. */
  MemoryFiles copy() {
    MemoryFiles copy = new MemoryFiles();
    for (String name : list()) {
      copy.put(name, bytes(name));
    }
    return copy;
  }

  /** Makes a file, or puts other bytes in its place. */
  void put(String name, byte[] bytes) {
    Content content = new Content();
    content.bytes = bytes.clone();
    content.length = bytes.length;
    contents.put(name, content);
  }

  /** Damages a file. */
  void flipBit(String name, long offset) {
    Content content = contents.get(name);
    synchronized (content) {
      content.bytes[(int) offset] ^= 0x10;
    }
  }

  /** Cuts a file off behind the back of the tier. */
  void cut(String name, long bytes) {
    Content content = contents.get(name);
    synchronized (content) {
      content.cut(bytes);
    }
  }

  long totalBytes() {
    return contents.values().stream().mapToLong(content -> content.length).sum();
  }

  private final class MemoryFile implements SegmentFile {
    private final Content content;
    private boolean closed;

    MemoryFile(Content content) {
      this.content = content;
      openFiles.incrementAndGet();
    }

    private void checkOpen() throws IOException {
      if (closed) {
        throw new ClosedChannelException();
      }
    }

    @Override
    public int read(ByteBuffer target, long offset) throws IOException {
      synchronized (content) {
        checkOpen();
        int count = (int) Math.min(target.remaining(), content.length - offset);
        if (count <= 0) {
          return -1;
        }
        target.put(content.bytes, (int) offset, count);
        return count;
      }
    }

    @Override
    public int write(ByteBuffer source, long offset) throws IOException {
      synchronized (content) {
        checkOpen();
        int count = source.remaining();
        int end = (int) offset + count;
        if (end > content.bytes.length) {
          content.bytes = Arrays.copyOf(content.bytes, Math.max(end, content.bytes.length * 2));
        }
        source.get(content.bytes, (int) offset, count);
        content.length = Math.max(content.length, end);
        return count;
      }
    }

    @Override
    public void force() throws IOException {
      synchronized (content) {
        checkOpen();
      }
    }

    @Override
    public long size() throws IOException {
      synchronized (content) {
        checkOpen();
        return content.length;
      }
    }

    @Override
    public void truncate(long bytes) throws IOException {
      synchronized (content) {
        checkOpen();
        content.cut(bytes);
      }
    }

    @Override
    public void close() {
      synchronized (content) {
        if (!closed) {
          closed = true;
          openFiles.decrementAndGet();
        }
      }
    }
  }
}
