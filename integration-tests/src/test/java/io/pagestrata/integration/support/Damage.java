// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.support;

import io.pagestrata.core.PageVisitor;
import io.pagestrata.core.Pool;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;

/** Flips bits of a stored zpage where it rests, behind the back of the store. */
public final class Damage {
  private final SmallStore small;
  private final Path directory;

  public Damage(SmallStore small, Path directory) {
    this.small = small;
    this.directory = directory;
  }

  /** Where a page is, or null when it is absent. */
  public PageVisitor.Place place(Pool pool, long object, int index) {
    AtomicReference<PageVisitor.Place> found = new AtomicReference<>();
    small
        .store()
        .inspect(
            (of, in, at, place) -> {
              if (of == pool && in == object && at == index) {
                found.set(place);
              }
            });
    return found.get();
  }

  /** What the tier calls the place of a page. */
  public String describe(PageVisitor.Place place) {
    return small.hierarchy().tier(place.tier()).describe(place.locator());
  }

  /** Damages the zpage in RAM. */
  public void flipInRam(PageVisitor.Place place, int offset, int bits) throws IOException {
    ByteBuffer scratch = ByteBuffer.allocateDirect(0);
    small
        .hierarchy()
        .tier(place.tier())
        .read(
            place.locator(),
            scratch,
            (memory, start, available) -> {
              memory.put(start + offset, (byte) (memory.get(start + offset) ^ bits));
              return 0;
            });
  }

  /** Damages the record in its segment file. */
  public void flipInFile(PageVisitor.Place place, int offset, int bits) throws IOException {
    String[] words = describe(place).split(" ");
    long position = Long.parseLong(words[words.length - 1]) + offset;
    try (RandomAccessFile file = new RandomAccessFile(directory.resolve(words[0]).toFile(), "rw")) {
      file.seek(position);
      int before = file.read();
      file.seek(position);
      file.write(before ^ bits);
    }
  }
}
