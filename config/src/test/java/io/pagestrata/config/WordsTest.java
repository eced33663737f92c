// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordsTest {
  private static final List<String> KEYS =
      List.of("name", "max-size", "codec", "block-size", "shards", "clean-below-live-share");

  @ParameterizedTest
  @CsvSource({
    "max-sise, max-size",
    "maxSize, max-size",
    "MAX_SIZE, max-size",
    "max_siez, max-size",
    "blocksize, block-size",
    "shard, shards",
    "nmae, name",
    "codecs, codec",
    "clean-below-live-shre, clean-below-live-share"
  })
  void suggestsWhatWasProbablyMeant(String written, String meant) {
    assertThat(Words.nearest(written, KEYS)).contains(meant);
  }

  @ParameterizedTest
  @CsvSource({"directory", "x", "size-of-everything", "''", "compression"})
  void suggestsNothingFarFetched(String written) {
    assertThat(Words.nearest(written, KEYS)).isEmpty();
  }

  @Test
  void wordsOfAnyLengthAreCompared() {
    assertThat(Words.nearest("x".repeat(1 << 20), KEYS)).isEmpty();
  }

  @Test
  void quotesOnOneLineAndNotTooMuch() {
    assertThat(Words.quote("a\nb\u0000c\u2028d")).isEqualTo("value 'a?b?c?d'");
    assertThat(Words.quote("x".repeat(1000))).isEqualTo("value '" + "x".repeat(60) + "...'");
  }

  @Test
  void joinsChoices() {
    assertThat(Words.either(List.of())).isEmpty();
    assertThat(Words.either(List.of("a"))).isEqualTo("a");
    assertThat(Words.either(List.of("a", "b"))).isEqualTo("a or b");
    assertThat(Words.either(List.of("a", "b", "c"))).isEqualTo("a, b or c");
  }

  @Test
  void namesBuilderMethods() {
    assertThat(Words.camelCase("clean-below-live-share")).isEqualTo("cleanBelowLiveShare");
    assertThat(Words.camelCase("codec")).isEqualTo("codec");
  }
}
