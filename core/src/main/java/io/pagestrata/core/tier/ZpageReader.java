// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.tier;

import java.nio.ByteBuffer;

/** Takes the bytes of one zpage while a tier holds them still. */
@FunctionalInterface
public interface ZpageReader {
  /**
   * Looks at the bytes found at a locator.
   *
   * @param memory buffer that holds the zpage; shared between threads, so only absolute reads
   * @param offset first byte of the header
   * @param availableBytes bytes that may be read from {@code offset} on; what lies there need not
   *     be a zpage
   * @return a non-negative result of the reader's own, handed through by {@link Tier#read}
   */
  int read(ByteBuffer memory, int offset, int availableBytes);
}
