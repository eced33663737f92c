// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.zsmalloc;

import io.pagestrata.core.tier.StoreIntent;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The table of handles: one word for each zpage, and where the zpage stands among the ages.
 *
 * <pre>
 * page    0        16                      2736                     4096
 *         | header | 340 words of 8 bytes  | 340 ages of 4 bytes    |
 * </pre>
 *
 * <p>Words change by compare-and-set, by anybody; states and arrows are at {@link HandleWord}.
 * Taking and putting handles and their ages are guarded by the lock of the {@link Ledger}. A page
 * of handles never becomes anything else, so a reader with a locator of long ago meets at worst the
 * word of another life, which it can tell.
 */
final class Handles implements AutoCloseable {
  static final int NONE = RecordPages.NONE;

  /** Bytes of table for each handle in a full page. */
  static final int BYTES = Long.BYTES + Integer.BYTES;

  private static final int HANDLES_OF_PAGE =
      (Room.TABLE_PAGE_BYTES - RecordPages.HEADER_BYTES) / BYTES;
  private static final int AGES_OFFSET = RecordPages.HEADER_BYTES + HANDLES_OF_PAGE * Long.BYTES;

  /** A zpage of the smallest class or of the next ones takes this many units at least. */
  private static final int UNITS_OF_HANDLE = 8;

  private static final VarHandle WORD =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle AGE =
      MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private final RecordPages pages;

  /** As many handles as {@link #mostFor} says. */
  Handles(Room room, int mostHandles) {
    int maxPages = (mostHandles + HANDLES_OF_PAGE - 1) / HANDLES_OF_PAGE;
    pages = new RecordPages(room, maxPages, HANDLES_OF_PAGE, Long.BYTES);
  }

  /** More handles than a pool can fill with zpages. */
  static int mostFor(long maxBytes, int unitBytes) {
    long most = maxBytes / ((long) UNITS_OF_HANDLE * unitBytes) + HANDLES_OF_PAGE;
    return (int) Math.min(most, HandleWord.MAX_HANDLES - HANDLES_OF_PAGE);
  }

  int take(StoreIntent intent) {
    return pages.take(intent);
  }

  void put(int handle) {
    pages.put(handle);
  }

  int age(int handle) {
    return (int) AGE.get(slab(handle), ageOffset(handle));
  }

  void setAge(int handle, int age) {
    AGE.set(slab(handle), ageOffset(handle), age);
  }

  private ByteBuffer slab(int handle) {
    return pages.slab(handle / HANDLES_OF_PAGE);
  }

  private int ageOffset(int handle) {
    int inPage = AGES_OFFSET + handle % HANDLES_OF_PAGE * Integer.BYTES;
    return pages.slabOffset(handle / HANDLES_OF_PAGE) + inPage;
  }

  private int wordOffset(int handle) {
    int inPage = RecordPages.HEADER_BYTES + handle % HANDLES_OF_PAGE * Long.BYTES;
    return pages.slabOffset(handle / HANDLES_OF_PAGE) + inPage;
  }

  long word(int handle) {
    return (long) WORD.getVolatile(slab(handle), wordOffset(handle));
  }

  /** Word of the handle that a locator names, or 0 when there was never such a handle. */
  long wordOf(long locator) {
    int handle = HandleWord.handle(locator);
    return pages.isInTable(handle) ? word(handle) : 0;
  }

  /** Shows a stored zpage to readers, and everything written before with it. */
  void publish(int handle, long word) {
    WORD.setVolatile(slab(handle), wordOffset(handle), word);
  }

  boolean compareAndSet(int handle, long expected, long word) {
    return WORD.compareAndSet(slab(handle), wordOffset(handle), expected, word);
  }

  /** Pins the zpage of a locator; answers its word, or 0 when it is gone. */
  long pin(long locator) {
    int handle = HandleWord.handle(locator);
    long word = wordOf(locator);
    while (HandleWord.isNamedBy(word, locator)) {
      if (HandleWord.isPinnedFully(word)) {
        // Each pin is held for a copy or a decompression.
        Thread.onSpinWait();
      } else if (compareAndSet(handle, word, word + HandleWord.PIN)) {
        return word;
      }
      word = word(handle);
    }
    return 0;
  }

  /** Ends a pin; true when the zpage was freed meanwhile and the caller must give it back. */
  boolean unpin(int handle) {
    long before = (long) WORD.getAndAdd(slab(handle), wordOffset(handle), -HandleWord.PIN);
    long word = before - HandleWord.PIN;
    return HandleWord.isDead(word) && !HandleWord.isPinned(word);
  }

  /**
   * Makes the zpage of a locator dead; no pin can be added from now on.
   *
   * @return its word then; when that is not pinned the caller must give it back
   * @throws IllegalStateException when the locator names no unfreed zpage
   */
  long kill(long locator) {
    int handle = HandleWord.handle(locator);
    long word = wordOf(locator);
    while (HandleWord.isNamedBy(word, locator)) {
      long dead = HandleWord.dead(word);
      if (compareAndSet(handle, word, dead)) {
        return dead;
      }
      word = word(handle);
    }
    throw new IllegalStateException("no unfreed zpage of handle " + handle);
  }

  @Override
  public void close() {
    pages.close();
  }
}
