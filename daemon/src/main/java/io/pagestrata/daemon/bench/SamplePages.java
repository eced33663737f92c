// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.daemon.input.InputException;
import io.pagestrata.daemon.input.InputPages;
import io.pagestrata.daemon.input.PageCursor;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/**
 * Pages taken evenly out of the input into one direct buffer. Same-filled ones are left out: they
 * never meet a codec, and would flatter the store. Immutable; threads read through {@link #view}.
 */
final class SamplePages {
  private final ByteBuffer memory;
  private final int pageBytes;
  private final int count;

  private SamplePages(ByteBuffer memory, int pageBytes, int count) {
    this.memory = memory;
    this.pageBytes = pageBytes;
    this.count = count;
  }

  static SamplePages take(InputPages input, int mostPages) throws InputException {
    int pageBytes = input.pageBytes();
    int most = Math.min(Math.min(mostPages, Integer.MAX_VALUE / pageBytes), input.pages());
    ByteBuffer memory = ByteBuffer.allocateDirect(most * pageBytes);
    PageCursor cursor = input.cursor();
    int count = 0;
    for (int i = 0; i < most; i++) {
      ByteBuffer page = cursor.page((int) ((long) i * input.pages() / most));
      if (!isSameFilled(page)) {
        memory.put(count++ * pageBytes, page, page.position(), pageBytes);
      }
    }
    if (count == 0) {
      throw new InputException("every page of the input is same-filled: nothing to measure");
    }
    return new SamplePages(memory, pageBytes, count);
  }

  private static boolean isSameFilled(ByteBuffer page) {
    ByteBuffer tail = page.duplicate().position(page.position() + Long.BYTES);
    ByteBuffer head = page.duplicate().limit(page.limit() - Long.BYTES);
    return head.equals(tail);
  }

  int count() {
    return count;
  }

  int pageBytes() {
    return pageBytes;
  }

  int offset(int page) {
    return page * pageBytes;
  }

  /** The pages for one thread; positions are the thread's own. */
  ByteBuffer view() {
    return memory.duplicate();
  }

  /** Every page once, in an order that no prefetcher guesses. */
  int[] shuffled(long seed) {
    int[] order = new int[count];
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < count; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }
}
