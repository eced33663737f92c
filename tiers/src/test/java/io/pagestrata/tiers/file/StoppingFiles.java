// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A directory that takes so many changes and then none any more, as when the power goes. */
final class StoppingFiles extends ForwardingFiles {
  private int left;

  StoppingFiles(SegmentFiles files, int changes) {
    super(files);
    left = changes;
  }

  private void change() throws IOException {
    if (left-- <= 0) {
      throw new IOException("stopped");
    }
  }

  @Override
  public SegmentFile create(String name) throws IOException {
    change();
    return super.create(name);
  }

  @Override
  public void delete(String name) throws IOException {
    change();
    super.delete(name);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    change();
    super.rename(from, to);
  }

  @Override
  public void replace(String from, String to) throws IOException {
    change();
    super.replace(from, to);
  }

  @Override
  public void forceDirectory() throws IOException {
    change();
    super.forceDirectory();
  }

  @Override
  protected SegmentFile wrapped(SegmentFile file, String name) {
    return new ForwardingFile(file) {
      @Override
      public int write(ByteBuffer source, long offset) throws IOException {
        change();
        return super.write(source, offset);
      }

      @Override
      public void force() throws IOException {
        change();
        super.force();
      }

      @Override
      public void truncate(long bytes) throws IOException {
        change();
        super.truncate(bytes);
      }
    };
  }
}
