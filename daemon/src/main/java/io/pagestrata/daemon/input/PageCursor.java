// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.input;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** Shows pages of an {@link InputPages} one at a time, without copying them. For one thread. */
public final class PageCursor {
  private final ByteBuffer[] chunks;
  private final long[] firstPages;
  private final int pageBytes;

  PageCursor(List<ByteBuffer> chunks, List<Long> firstPages, int pageBytes) {
    this.chunks = chunks.stream().map(ByteBuffer::duplicate).toArray(ByteBuffer[]::new);
    this.firstPages = firstPages.stream().mapToLong(Long::longValue).toArray();
    this.pageBytes = pageBytes;
  }

  /**
   * Moves to a page.
   *
   * @param page number of the page, 0 and up
   * @return a buffer whose remaining bytes are the page, valid until the next call
   */
  public ByteBuffer page(int page) {
    int found = Arrays.binarySearch(firstPages, page);
    int chunk = found >= 0 ? found : -found - 2;
    int start = (int) (page - firstPages[chunk]) * pageBytes;
    return chunks[chunk].limit(start + pageBytes).position(start);
  }
}
