// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An interrupt closes the channel of a file while it is forced. */
class NioSegmentFileTest {
  private static final Set<OpenOption> OPTIONS =
      Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE);

  @TempDir private Path directory;
  private Path path;
  private FailingChannel channel;

  @BeforeEach
  void open() throws IOException {
    path = directory.resolve("a");
    channel = new FailingChannel(FileChannel.open(path, OPTIONS));
  }

  @AfterEach
  void close() throws IOException {
    Thread.interrupted();
    channel.close();
  }

  /**
   * Forces as the channel of the JDK does when an interrupt comes while the disk answers EIO: the
   * interrupt is all that the caller hears of.
   */
  private static final class FailingChannel extends FileChannel {
    private final FileChannel file;
    private int forces;

    FailingChannel(FileChannel file) {
      this.file = file;
    }

    @Override
    public void force(boolean metaData) throws IOException {
      if (!isOpen()) {
        throw new ClosedChannelException();
      }
      forces++;
      boolean completed = false;
      try {
        begin();
        interruptFromOutside(Thread.currentThread());
        throw new IOException("Input/output error");
      } finally {
        end(completed);
      }
    }

    /** Only who is interrupted by another thread finds the channel closed. */
    private static void interruptFromOutside(Thread forcing) {
      Thread other = new Thread(forcing::interrupt);
      other.start();
      while (!forcing.isInterrupted()) {
        Thread.onSpinWait();
      }
    }

    @Override
    protected void implCloseChannel() throws IOException {
      file.close();
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
      return file.read(target, position);
    }

    @Override
    public int write(ByteBuffer source, long position) throws IOException {
      return file.write(source, position);
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public int read(ByteBuffer target) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int write(ByteBuffer source) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long position() {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileChannel position(long newPosition) {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileChannel truncate(long size) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long position, long count) {
      throw new UnsupportedOperationException();
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) {
      throw new UnsupportedOperationException();
    }
  }

  // Forbidden: a force that failed is made again, on another channel to which the system says that
  // all is well since it has dropped the bytes, and the batch is acknowledged.
  @Test
  void aForceThatAnInterruptCutOffFails() throws IOException {
    try (NioSegmentFile file = new NioSegmentFile(path, channel, OPTIONS)) {
      file.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), 0);
      assertThatThrownBy(file::force)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("interrupt");
      assertThat(channel.forces).isOne();
      assertThat(Thread.currentThread().isInterrupted()).as("the interrupt is kept").isTrue();
      ByteBuffer read = ByteBuffer.allocate(3);
      assertThat(file.read(read, 0)).as("others go on").isEqualTo(3);
      assertThat(read.array()).containsExactly(1, 2, 3);
      file.write(ByteBuffer.wrap(new byte[] {4}), 3);
      file.force();
      assertThat(file.size()).isEqualTo(4);
    }
  }

  /** A force that finds the channel closed has not begun, so nothing of it can have failed. */
  @Test
  void aForceOnAChannelThatAReaderClosedBeforeIsMade() throws IOException {
    try (NioSegmentFile file = new NioSegmentFile(path, channel, OPTIONS)) {
      file.write(ByteBuffer.wrap(new byte[] {1}), 0);
      channel.close();
      file.force();
      assertThat(channel.forces).isZero();
    }
  }
}
