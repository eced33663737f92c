// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.support;

import java.nio.charset.StandardCharsets;
import java.util.Random;

/**
 * Pages of records as a database keeps them: each holds the same long field names once, and values
 * of its own. A page alone repeats nothing, so a dictionary gains much. Immutable.
 */
public final class RecordPages {
  private static final int FIELDS = 40;
  private static final int NOISE_BYTES = 700;

  private final int pageBytes;
  private final String[] fields = new String[FIELDS];

  public RecordPages(int pageBytes, long kind) {
    this.pageBytes = pageBytes;
    Random names = new Random(kind);
    for (int i = 0; i < FIELDS; i++) {
      fields[i] = Long.toString(names.nextLong(), 36) + Long.toString(names.nextLong(), 36);
    }
  }

  /** The i-th page, always the same. */
  public byte[] page(int i) {
    Random values = new Random(i);
    StringBuilder text = new StringBuilder();
    for (String field : fields) {
      text.append(field).append('=').append(values.nextInt(1_000_000)).append(';');
    }
    byte[] noise = new byte[NOISE_BYTES];
    values.nextBytes(noise);
    byte[] record = text.toString().getBytes(StandardCharsets.US_ASCII);
    byte[] page = new byte[pageBytes];
    System.arraycopy(record, 0, page, 0, record.length);
    System.arraycopy(noise, 0, page, record.length, NOISE_BYTES);
    return page;
  }
}
