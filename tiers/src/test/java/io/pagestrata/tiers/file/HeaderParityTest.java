// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.ZpageHeader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HeaderParityTest {
  private static final int ROWS = 16;

  private final Random random = new Random(5);

  private ByteBuffer headers(int count) {
    byte[] bytes = new byte[count * ZpageHeader.BYTES];
    random.nextBytes(bytes);
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Test
  void everyRunOfMissingHeadersUpToTheRowsIsTold() {
    int records = 50;
    ByteBuffer headers = headers(records);
    HeaderParity written = new HeaderParity(ROWS);
    for (int i = 0; i < records; i++) {
      written.add(headers, i * ZpageHeader.BYTES);
    }
    ByteBuffer footer = ByteBuffer.allocate(written.bytes(records) + 7);
    assertThat(written.writeTo(footer, 7)).isEqualTo(7 + ROWS * HeaderParity.ROW_BYTES);
    HeaderParity stored = new HeaderParity(ROWS);
    stored.readFrom(footer, 7, records);
    for (int first = 0; first + ROWS <= records; first++) {
      HeaderParity read = new HeaderParity(ROWS);
      for (int i = 0; i < records; i++) {
        if (i >= first && i < first + ROWS) {
          read.skip();
        } else {
          read.add(headers, i * ZpageHeader.BYTES);
        }
      }
      for (int i = first; i < first + ROWS; i++) {
        ByteBuffer missing = stored.missing(read, stored.row(i));
        assertThat(missing.slice(4, HeaderParity.ROW_BYTES))
            .isEqualTo(headers.slice(i * ZpageHeader.BYTES + 4, HeaderParity.ROW_BYTES));
      }
    }
  }

  @Test
  void fewRecordsTakeARowEach() {
    HeaderParity parity = new HeaderParity(ROWS);
    assertThat(parity.bytes(3)).isEqualTo(3 * HeaderParity.ROW_BYTES);
    assertThat(parity.bytes(ROWS + 1)).isEqualTo(ROWS * HeaderParity.ROW_BYTES);
    assertThat(HeaderParity.rowsFor(64 << 10)).isEqualTo(16);
    assertThat(HeaderParity.rowsFor(64 << 20)).isEqualTo(256);
  }
}
