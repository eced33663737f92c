// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.codec;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/** Pages from which a dictionary learns much, something else, or nothing. */
final class SampledPages {
  static final int PAGE_BYTES = 4096;

  private final Random random = new Random(11);
  private final ByteBuffer page = ByteBuffer.allocateDirect(PAGE_BYTES);

  /** A few records with the same long field names, no two of them in one page, and noise. */
  ByteBuffer records(String kind) {
    StringBuilder text = new StringBuilder();
    Random words = new Random(kind.hashCode());
    String[] fields = new String[24];
    for (int i = 0; i < fields.length; i++) {
      fields[i] = kind + Long.toString(words.nextLong(), 36) + Long.toString(words.nextLong(), 36);
    }
    for (String field : fields) {
      text.append(field).append('=').append(random.nextInt(1_000_000)).append(';');
    }
    byte[] bytes = new byte[PAGE_BYTES];
    random.nextBytes(bytes);
    byte[] ascii = text.toString().getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(ascii, 0, bytes, 0, ascii.length);
    for (int i = ascii.length + 600; i < PAGE_BYTES; i++) {
      bytes[i] = 0;
    }
    return page.put(0, bytes);
  }

  ByteBuffer noise() {
    byte[] bytes = new byte[PAGE_BYTES];
    random.nextBytes(bytes);
    return page.put(0, bytes);
  }
}
