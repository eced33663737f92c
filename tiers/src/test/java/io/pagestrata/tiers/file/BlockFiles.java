// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** Refuses what direct I/O refuses: reads and writes that are not made of whole blocks. */
final class BlockFiles implements SegmentFiles {
  private final SegmentFiles files;

  BlockFiles(SegmentFiles files) {
    this.files = files;
  }

  private static void check(ByteBuffer buffer, long offset) throws IOException {
    if ((offset | buffer.remaining()) % AlignedBuffers.BLOCK_BYTES != 0) {
      throw new IOException(
          "Invalid argument: " + buffer.remaining() + " bytes at offset " + offset);
    }
  }

  @Override
  public Closeable lock() throws IOException {
    return files.lock();
  }

  @Override
  public SegmentFile create(String name) throws IOException {
    return new BlockFile(files.create(name));
  }

  @Override
  public SegmentFile open(String name) throws IOException {
    return new BlockFile(files.open(name));
  }

  @Override
  public List<String> list() throws IOException {
    return files.list();
  }

  @Override
  public void delete(String name) throws IOException {
    files.delete(name);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    files.rename(from, to);
  }

  @Override
  public void forceDirectory() throws IOException {
    files.forceDirectory();
  }

  private static final class BlockFile implements SegmentFile {
    private final SegmentFile file;

    BlockFile(SegmentFile file) {
      this.file = file;
    }

    @Override
    public int read(ByteBuffer target, long offset) throws IOException {
      check(target, offset);
      return file.read(target, offset);
    }

    @Override
    public int write(ByteBuffer source, long offset) throws IOException {
      check(source, offset);
      return file.write(source, offset);
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
      file.truncate(bytes);
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
