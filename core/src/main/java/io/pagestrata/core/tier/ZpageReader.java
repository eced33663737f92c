// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.tier;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

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

  /**
   * Looks at a zpage of which the tier itself has made sure that it is as it was stored, such as by
   * the tag of its encryption. Its checksum is not set: who passes the zpage on must {@linkplain
   * ZpageHeader#seal seal} it, as this default does, and who only reads it saves that.
   *
   * @param scratch holds the zpage; belongs to the calling thread
   * @param offset first byte of the header
   * @param availableBytes bytes that may be read from {@code offset} on, no fewer than the zpage
   *     has
   * @return as of {@link #read}
   */
  default int readWhole(ByteBuffer scratch, int offset, int availableBytes) {
    ZpageHeader.seal(scratch, offset, new CRC32C());
    return read(scratch, offset, availableBytes);
  }
}
