// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** A directory that hands everything on to another one, for those that put something between. */
public abstract class ForwardingFiles implements SegmentFiles {
  private final SegmentFiles files;

  protected ForwardingFiles(SegmentFiles files) {
    this.files = files;
  }

  /** What is used in place of a file that was made or opened. */
  protected abstract SegmentFile wrapped(SegmentFile file, String name);

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
    return wrapped(files.create(name), name);
  }

  @Override
  public SegmentFile open(String name) throws IOException {
    return wrapped(files.open(name), name);
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
  public void replace(String from, String to) throws IOException {
    files.replace(from, to);
  }

  @Override
  public void forceEntry() throws IOException {
    files.forceEntry();
  }

  @Override
  public void forceDirectory() throws IOException {
    files.forceDirectory();
  }

  /** A file that hands everything on to another one. */
  public static class ForwardingFile implements SegmentFile {
    private final SegmentFile file;

    protected ForwardingFile(SegmentFile file) {
      this.file = file;
    }

    @Override
    public int read(ByteBuffer target, long offset) throws IOException {
      return file.read(target, offset);
    }

    @Override
    public int write(ByteBuffer source, long offset) throws IOException {
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
