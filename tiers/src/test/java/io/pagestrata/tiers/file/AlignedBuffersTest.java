// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AlignedBuffersTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 4095, 4096, 4097, 27_056, 1 << 20})
  void aBufferOfAnySizeIsAlignedAndWhole(int bytes) {
    ByteBuffer buffer = AlignedBuffers.allocate(bytes);

    assertThat(buffer.capacity()).isEqualTo(bytes);
    assertThat(buffer.alignmentOffset(0, AlignedBuffers.BLOCK_BYTES)).isZero();
  }
}
