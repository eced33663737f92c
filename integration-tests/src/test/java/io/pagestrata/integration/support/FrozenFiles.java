// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.support;

import io.pagestrata.tiers.file.SegmentFile;
import io.pagestrata.tiers.file.SegmentFiles;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A directory that can be held still in the midst of everything, so that a copy of it is what the
 * death of the process would leave at one moment. Thread-safe.
 */
public final class FrozenFiles implements SegmentFiles {
  private final SegmentFiles files;
  private final ReadWriteLock lock = new ReentrantReadWriteLock();

  public FrozenFiles(SegmentFiles files) {
    this.files = files;
  }

  /** Held while nothing may change. */
  public Lock still() {
    return lock.writeLock();
  }

  /** A change of the directory or a file. */
  @FunctionalInterface
  private interface Change<R> {
    R make() throws IOException;
  }

  private <R> R change(Change<R> change) throws IOException {
    lock.readLock().lock();
    try {
      return change.make();
    } finally {
      lock.readLock().unlock();
    }
  }

  @Override
  public Closeable lock() throws IOException {
    return files.lock();
  }

  @Override
  public void checkPresent() throws IOException {
    files.checkPresent();
  }

  @Override
  public SegmentFile create(String name) throws IOException {
    return new File(change(() -> files.create(name)));
  }

  @Override
  public SegmentFile open(String name) throws IOException {
    return new File(files.open(name));
  }

  @Override
  public List<String> list() throws IOException {
    return files.list();
  }

  @Override
  public void delete(String name) throws IOException {
    change(
        () -> {
          files.delete(name);
          return name;
        });
  }

  @Override
  public void forceDirectory() throws IOException {
    files.forceDirectory();
  }

  private final class File implements SegmentFile {
    private final SegmentFile file;

    File(SegmentFile file) {
      this.file = file;
    }

    @Override
    public int read(ByteBuffer target, long offset) throws IOException {
      return file.read(target, offset);
    }

    @Override
    public int write(ByteBuffer source, long offset) throws IOException {
      return change(() -> file.write(source, offset));
    }

    @Override
    public void force() throws IOException {
      file.force();
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public void truncate(long bytes) throws IOException {
      change(
          () -> {
            file.truncate(bytes);
            return bytes;
          });
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
