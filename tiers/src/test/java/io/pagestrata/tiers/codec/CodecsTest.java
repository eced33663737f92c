// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.codec.PageCodec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names and ids of the codecs; the ids are part of the disk format. */
class CodecsTest {
  @ParameterizedTest
  @CsvSource({
    "none, 0, none",
    "lz4, 1, lz4",
    "zstd, 2, zstd-3",
    "zstd-1, 2, zstd-1",
    "zstd--1, 2, zstd--1",
    "zstd--7, 2, zstd--7",
    "zstd-19, 2, zstd-19"
  })
  void knowsNames(String name, int id, String fullName) {
    PageCodec codec = Codecs.parse(name);
    assertThat(codec.id()).isEqualTo(id);
    assertThat(codec.name()).isEqualTo(fullName);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "LZ4", "lz4-1", "zstd-20", "zstd--8", "zstd-", "zstd-x", "gzip"})
  void saysWhatIsValid(String name) {
    assertThatThrownBy(() -> Codecs.parse(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("\"" + name + "\"", "none", "lz4", "zstd-LEVEL", "-7 to 19");
  }

  @Test
  void listsOneCodecForEachId() {
    assertThat(Codecs.all()).extracting(PageCodec::id).containsExactly(0, 1, 2);
  }
}
