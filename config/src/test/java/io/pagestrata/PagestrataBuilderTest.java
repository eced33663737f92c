// SPDX-License-Identifier: Apache-2.0
package io.pagestrata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pagestrata.config.MonitorFormat;
import io.pagestrata.config.PromotionMode;
import io.pagestrata.core.InvalidConfigurationException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PagestrataBuilderTest {
  private static Arguments twice(
      String message, Consumer<PagestrataBuilder> first, Consumer<PagestrataBuilder> second) {
    return Arguments.of(message, first, second);
  }

  private static Arguments ramTwice(
      String message, Consumer<RamTierBuilder> first, Consumer<RamTierBuilder> second) {
    return twice(message, it -> it.ram(first.andThen(second)), it -> {});
  }

  private static Arguments fileTwice(
      String message, Consumer<FileTierBuilder> first, Consumer<FileTierBuilder> second) {
    return twice(message, it -> it.file(first.andThen(second)), it -> {});
  }

  private static Arguments writebackTwice(
      String message, Consumer<WritebackBuilder> first, Consumer<WritebackBuilder> second) {
    return twice(message, it -> it.writeback(first), it -> it.writeback(second));
  }

  private static Arguments monitorTwice(
      String message, Consumer<MonitorBuilder> first, Consumer<MonitorBuilder> second) {
    return twice(message, it -> it.monitor(first), it -> it.monitor(second));
  }

  static Stream<Arguments> optionsSetTwice() {
    return Stream.of(
        twice(
            "pageSize is already set to '4KiB'",
            it -> it.pageSize("4KiB"),
            it -> it.pageSize(8192)),
        twice(
            "putWait is already set to '1s'",
            it -> it.putWait(Duration.ofSeconds(1)),
            it -> it.putWait("1s")),
        twice(
            "closeWait is already set to 'soon'",
            it -> it.closeWait("soon"),
            it -> it.closeWait(Duration.ZERO)),
        ramTwice("ram.name is already set to 'a'", it -> it.name("a"), it -> it.name("a")),
        ramTwice(
            "ram.maxSize is already set to '1MiB'",
            it -> it.maxSize(1 << 20),
            it -> it.maxSize("2MiB")),
        ramTwice(
            "ram.codec is already set to 'lz4'", it -> it.codec("lz4"), it -> it.codec("none")),
        ramTwice(
            "ram.blockSize is already set to 'auto'",
            it -> it.blockSize("auto"),
            it -> it.blockSize(65536)),
        ramTwice("ram.shards is already set to '2'", it -> it.shards(2), it -> it.shards(4)),
        ramTwice(
            "ram.cleanBelowLiveShare is already set to '0.5'",
            it -> it.cleanBelowLiveShare(0.5),
            it -> it.cleanBelowLiveShare(0.6)),
        ramTwice(
            "ram.preTouch is already set to 'false'",
            it -> it.preTouch(false),
            it -> it.preTouch(true)),
        ramTwice(
            "ram.verifyChecksum is already set to 'true'",
            it -> it.verifyChecksum(true),
            it -> it.verifyChecksum(true)),
        fileTwice(
            "file.directory is already set to 'd'",
            it -> it.directory(Path.of("d")),
            it -> it.directory("e")),
        fileTwice(
            "file.maxSize is already set to '1GiB'",
            it -> it.maxSize("1GiB"),
            it -> it.maxSize(1 << 30)),
        fileTwice(
            "file.segmentSize is already set to '64MiB'",
            it -> it.segmentSize(64 << 20),
            it -> it.segmentSize("auto")),
        fileTwice(
            "file.directIo is already set to 'true'",
            it -> it.directIo(true),
            it -> it.directIo(false)),
        fileTwice(
            "file.cleanBelowLiveShare is already set to '0.4'",
            it -> it.cleanBelowLiveShare(0.4),
            it -> it.cleanBelowLiveShare(0.4)),
        fileTwice(
            "file.writeBytesPerSecond is already set to '1MiB'",
            it -> it.writeBytesPerSecond("1MiB"),
            it -> it.writeBytesPerSecond(1 << 20)),
        fileTwice(
            "file.writeBytesPerDay is already set to '1GiB'",
            it -> it.writeBytesPerDay("1GiB"),
            it -> it.writeBytesPerDay(1 << 30)),
        fileTwice(
            "file.readOnlyRetry is already set to '1s'",
            it -> it.readOnlyRetry("1s"),
            it -> it.readOnlyRetry(Duration.ofSeconds(2))),
        writebackTwice(
            "writeback.highWatermark is already set to '0.8'",
            it -> it.highWatermark(0.8),
            it -> it.highWatermark(0.8)),
        writebackTwice(
            "writeback.lowWatermark is already set to '0.8'",
            it -> it.lowWatermark(0.8),
            it -> it.lowWatermark(0.8)),
        writebackTwice(
            "writeback.batchSize is already set to '1MiB'",
            it -> it.batchSize("1MiB"),
            it -> it.batchSize(1 << 20)),
        writebackTwice(
            "writeback.ringSlots is already set to '4'",
            it -> it.ringSlots(4),
            it -> it.ringSlots(4)),
        writebackTwice(
            "writeback.idleAge is already set to 'off'",
            it -> it.idleAge("off"),
            it -> it.idleAge(Duration.ofHours(1))),
        writebackTwice(
            "writeback.flushInterval is already set to '1s'",
            it -> it.flushInterval("1s"),
            it -> it.flushInterval(Duration.ofSeconds(1))),
        writebackTwice(
            "writeback.promotion is already set to 'refault-distance'",
            it -> it.promotion(PromotionMode.REFAULT_DISTANCE),
            it -> it.promotion(PromotionMode.NEVER)),
        writebackTwice(
            "writeback.promotionDistanceFactor is already set to '2.0'",
            it -> it.promotionDistanceFactor(2),
            it -> it.promotionDistanceFactor(2)),
        monitorTwice(
            "monitor.interval is already set to '10s'",
            it -> it.interval("10s"),
            it -> it.interval(Duration.ofSeconds(1))),
        monitorTwice(
            "monitor.format is already set to 'json'",
            it -> it.format(MonitorFormat.JSON),
            it -> it.format(MonitorFormat.TEXT)),
        monitorTwice(
            "monitor.eventsPerSecond is already set to '1'",
            it -> it.eventsPerSecond(1),
            it -> it.eventsPerSecond(2)));
  }

  @ParameterizedTest
  @MethodSource("optionsSetTwice")
  void anOptionSetTwiceFailsAtOnceAndSaysWhatItHeld(
      String message, Consumer<PagestrataBuilder> first, Consumer<PagestrataBuilder> second) {
    PagestrataBuilder builder = Pagestrata.builder();
    assertThatThrownBy(() -> first.andThen(second).accept(builder))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(message);
  }

  @Test
  void allProblemsComeTogether() {
    PagestrataBuilder builder =
        Pagestrata.builder()
            .pageSize(5000)
            .putWait("never")
            .ram(ram -> ram.maxSize("8GB!").shards(3))
            .file(file -> file.maxSize(1))
            .writeback(writeback -> writeback.lowWatermark(0.92).idleAge(Duration.ofMillis(1)))
            .monitor(monitor -> monitor.interval("off"));
    InvalidConfigurationException e =
        catchThrowableOfType(InvalidConfigurationException.class, builder::build);
    assertThat(e.problems())
        .containsExactly(
            "pageSize: value '5000B' is not a power of two; expected a power of two from 4KiB to"
                + " 64KiB",
            "putWait: value 'never' is not a duration; expected a number with unit ms, s, min, h or"
                + " d, such as 5s",
            "ram.maxSize: value '8GB!' is not a size; expected a number with unit B, KiB, MiB, GiB"
                + " or TiB, such as 256MiB",
            "ram.shards: value '3' is not a power of two; expected a power of two from 1 to 64",
            "file.maxSize: value '1B' is out of range; expected 4MiB to 128TiB",
            "writeback.idleAge: value '1ms' is out of range; expected 1s to 365d",
            "monitor.interval: value 'off' is not a duration; expected a number with unit ms, s,"
                + " min, h or d, such as 10s",
            "file.directory: missing; expected a path, such as /var/lib/pagestrata",
            "writeback.lowWatermark: value '0.92' is not below high-watermark; expected less than"
                + " 0.9, so that reclaim that starts also frees something");
  }

  @Test
  void theOrderOfTiersIsTheChain() {
    assertThatThrownBy(
            () ->
                Pagestrata.builder()
                    .file(file -> file.directory("d").maxSize("1GiB"))
                    .ram(ram -> ram.maxSize("64MiB"))
                    .build())
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageStartingWith(
            "tiers: the first tier is not of type ram; expected one ram tier on top");
    assertThatThrownBy(() -> Pagestrata.builder().build())
        .hasMessage("tiers: there are none; expected one ram tier on top");
    assertThatThrownBy(
            () ->
                Pagestrata.builder()
                    .ram(ram -> ram.maxSize("64MiB"))
                    .ram(ram -> ram.maxSize("64MiB").name("second"))
                    .ram(ram -> ram.maxSize("64MiB").name("third"))
                    .build())
        .hasMessage("ram: a third tier of type ram; expected two ram tiers at most");
  }

  @Test
  void buildingAgainGivesAnEqualConfiguration() {
    PagestrataBuilder builder = Pagestrata.builder().ram(ram -> ram.maxSize("64MiB"));
    assertThat(builder.build()).isEqualTo(builder.build());
  }

  @Test
  void nothingIsNotAValue() {
    assertNull(store -> store.pageSize(null), "pageSize is null");
    assertNull(store -> store.putWait((Duration) null), "putWait is null");
    assertNull(store -> store.ram(null), "options");
    assertNull(store -> store.ram(ram -> ram.maxSize(null)), "ram.maxSize is null");
    assertNull(store -> store.file(it -> it.directory((Path) null)), "file.directory is null");
    assertNull(
        store -> store.file(it -> it.encryptionKeyFile(null)), "file.encryptionKeyFile is null");
  }

  private static void assertNull(Consumer<PagestrataBuilder> use, String message) {
    PagestrataBuilder builder = Pagestrata.builder();
    assertThatThrownBy(() -> use.accept(builder))
        .isInstanceOf(NullPointerException.class)
        .hasMessage(message);
  }
}
