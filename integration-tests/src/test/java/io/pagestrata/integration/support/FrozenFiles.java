// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.support;

import io.pagestrata.tiers.file.ForwardingFiles;
import io.pagestrata.tiers.file.SegmentFile;
import io.pagestrata.tiers.file.SegmentFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A directory that can be held still in the midst of everything, so that a copy of it is what the
 * death of the process would leave at one moment. Thread-safe.
 */
public final class FrozenFiles extends ForwardingFiles {
  private final ReadWriteLock lock = new ReentrantReadWriteLock();

  public FrozenFiles(SegmentFiles files) {
    super(files);
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
  public SegmentFile create(String name) throws IOException {
    return change(() -> super.create(name));
  }

  @Override
  public void delete(String name) throws IOException {
    change(
        () -> {
          super.delete(name);
          return name;
        });
  }

  @Override
  protected SegmentFile wrapped(SegmentFile file, String name) {
    return new ForwardingFile(file) {
      @Override
      public int write(ByteBuffer source, long offset) throws IOException {
        return change(() -> super.write(source, offset));
      }

      @Override
      public void truncate(long bytes) throws IOException {
        change(
            () -> {
              super.truncate(bytes);
              return bytes;
            });
      }
    };
  }
}
