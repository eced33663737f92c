// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** A directory that takes so many changes and then none any more, as when the power goes. */
final class StoppingFiles implements SegmentFiles {
  private final SegmentFiles files;
  private int left;

  StoppingFiles(SegmentFiles files, int changes) {
    this.files = files;
    left = changes;
  }

  private void change() throws IOException {
    if (left-- <= 0) {
      throw new IOException("stopped");
    }
  }

  @Override
  public Closeable lock() throws IOException {
    return files.lock();
  }

  @Override
  public SegmentFile create(String name) throws IOException {
    change();
    return new StoppingFile(files.create(name));
  }

  @Override
  public SegmentFile open(String name) throws IOException {
    return new StoppingFile(files.open(name));
  }

  @Override
  public List<String> list() throws IOException {
    return files.list();
  }

  @Override
  public void delete(String name) throws IOException {
    change();
    files.delete(name);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    change();
    files.rename(from, to);
  }

  @Override
  public void forceDirectory() throws IOException {
    change();
    files.forceDirectory();
  }

  private final class StoppingFile implements SegmentFile {
    private final SegmentFile file;

    StoppingFile(SegmentFile file) {
      this.file = file;
    }

    @Override
    public int read(ByteBuffer target, long offset) throws IOException {
      return file.read(target, offset);
    }

    @Override
    public int write(ByteBuffer source, long offset) throws IOException {
      change();
      return file.write(source, offset);
    }

    @Override
    public void force() throws IOException {
      change();
      file.force();
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public void truncate(long bytes) throws IOException {
      change();
      file.truncate(bytes);
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
