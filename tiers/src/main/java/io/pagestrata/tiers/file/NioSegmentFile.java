// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Set;

/**
 * A segment file on a {@link FileChannel}.
 *
 * <p>A channel closes itself under all its users when one of their threads is interrupted. So a
 * pending interrupt is taken off the thread during each call and put back afterwards, and a channel
 * that an interrupt closed all the same is opened again. Positional reads and writes can be
 * repeated without harm. So an interrupt never ends such a call: one that hangs in the medium hangs
 * until the medium answers, and a close leaves the tier open then.
 *
 * <p>A force cannot be repeated: where the medium failed it, the system may have dropped the bytes
 * and call the next one done, and the channel tells of the interrupt alone. So one that was cut off
 * counts as failed, and who wanted it writes to another place.
 *
 * <p>Guarded by {@code this}: replacing the channel; reads of the field take no lock.
 */
final class NioSegmentFile implements SegmentFile {
  @FunctionalInterface
  private interface Call {
    long on(FileChannel channel, ByteBuffer buffer, long offset) throws IOException;
  }

  private static final Call READ = (channel, buffer, offset) -> channel.read(buffer, offset);
  private static final Call WRITE = (channel, buffer, offset) -> channel.write(buffer, offset);
  private static final Call SIZE = (channel, buffer, offset) -> channel.size();
  private static final Call FORCE =
      (channel, buffer, offset) -> {
        channel.force(false);
        return 0;
      };
  private static final Call TRUNCATE =
      (channel, buffer, offset) -> {
        channel.truncate(offset);
        return 0;
      };

  private final Path path;
  private final Set<OpenOption> reopenOptions;
  private volatile FileChannel channel;
  private volatile boolean closed;

  NioSegmentFile(Path path, FileChannel channel, Set<OpenOption> reopenOptions) {
    this.path = path;
    this.channel = channel;
    this.reopenOptions = reopenOptions;
  }

  @Override
  public int read(ByteBuffer target, long offset) throws IOException {
    return (int) uninterrupted(READ, target, offset);
  }

  @Override
  public int write(ByteBuffer source, long offset) throws IOException {
    return (int) uninterrupted(WRITE, source, offset);
  }

  @Override
  public void force() throws IOException {
    uninterrupted(FORCE, null, 0);
  }

  @Override
  public long size() throws IOException {
    return uninterrupted(SIZE, null, 0);
  }

  @Override
  public void truncate(long bytes) throws IOException {
    uninterrupted(TRUNCATE, null, bytes);
  }

  private long uninterrupted(Call call, ByteBuffer buffer, long offset) throws IOException {
    boolean interrupted = Thread.currentThread().isInterrupted() && Thread.interrupted();
    int position = buffer == null ? 0 : buffer.position();
    try {
      while (true) {
        FileChannel current = channel;
        try {
          return call.on(current, buffer, offset);
        } catch (ClosedChannelException e) {
          interrupted |= Thread.interrupted();
          reopen(current, e);
          if (call == FORCE && e instanceof AsynchronousCloseException) {
            throw new IOException("an interrupt cut a force of " + path + " off", e);
          }
          if (buffer != null) {
            buffer.position(position); // the transfer may be over before the channel notices
          }
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private synchronized void reopen(FileChannel broken, ClosedChannelException cause)
      throws IOException {
    if (closed) {
      throw cause;
    }
    if (channel == broken) {
      channel = FileChannel.open(path, reopenOptions);
    }
  }

  @Override
  public synchronized void close() throws IOException {
    closed = true;
    channel.close();
  }
}
