// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.codec.CodecContext;
import io.pagestrata.core.codec.CodecException;
import io.pagestrata.core.codec.PageCodec;
import io.pagestrata.core.tier.RecompressionStats;
import io.pagestrata.core.tier.ZpageHeader;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A zpage gets denser, keeps its page, key and generation, and is never made to look whole. */
class ZpageRecompressorTest {
  private static final int OFFSET = 48;
  private static final long GENERATION = 0x1234_5678_9abcL;

  private final AtomicLong clock = new AtomicLong();
  private final AtomicLong cpu = new AtomicLong();
  private final CRC32C crc = new CRC32C();
  private ZpageRecompressor recompressor = recompressor("zstd-3", 4096, 1, 0, 1);

  @AfterEach
  void close() {
    recompressor.close();
  }

  private ZpageRecompressor recompressor(
      String codec, int pageBytes, int tier, long minBytes, double cpuShare) {
    return new ZpageRecompressor(
        new RecompressionRule(Codecs.parse(codec), pageBytes, tier, minBytes, 0, cpuShare),
        Codecs.all(),
        clock::get,
        cpu::get);
  }

  private static byte[] text(int pageBytes) {
    byte[] page = new byte[pageBytes];
    Random random = new Random(5);
    for (int i = 0; i < pageBytes; i++) {
      // Skewed letters: entropy coding gains where matches do not.
      page[i] = (byte) ('a' + random.nextInt(1 + random.nextInt(20)));
    }
    return page;
  }

  private static byte[] noise(int pageBytes) {
    byte[] page = new byte[pageBytes];
    new Random(6).nextBytes(page);
    return page;
  }

  private ByteBuffer zpage(byte[] page, String codecName) {
    PageCodec codec = Codecs.parse(codecName);
    ByteBuffer source = ByteBuffer.allocateDirect(page.length).put(0, page);
    ByteBuffer zpage = ByteBuffer.allocateDirect(2 * page.length + 1024);
    try (CodecContext context = codec.newContext()) {
      int room = zpage.capacity() - OFFSET - ZpageHeader.BYTES;
      int stored =
          context.compress(source, 0, page.length, zpage, OFFSET + ZpageHeader.BYTES, room);
      int shift = Integer.numberOfTrailingZeros(page.length);
      ZpageHeader.write(zpage, OFFSET, 3, 4, 5, GENERATION, codec.id(), 0, shift, stored);
    }
    ZpageHeader.seal(zpage, OFFSET, crc);
    return zpage;
  }

  private static int bytes(ByteBuffer zpage) {
    return ZpageHeader.zpageBytes(zpage, OFFSET);
  }

  private int run(ByteBuffer zpage) {
    return recompressor.recompress(zpage, OFFSET, bytes(zpage));
  }

  private void assertHolds(ByteBuffer zpage, byte[] page) throws CodecException {
    assertThat(ZpageHeader.verify(zpage, OFFSET, bytes(zpage), crc)).isTrue();
    assertThat(ZpageHeader.isPage(zpage, OFFSET)).isTrue();
    assertThat(ZpageHeader.isFor(zpage, OFFSET, 3, 4, 5)).isTrue();
    assertThat(ZpageHeader.generation(zpage, OFFSET)).isEqualTo(GENERATION);
    PageCodec codec =
        Codecs.all().stream()
            .filter(it -> it.id() == ZpageHeader.codec(zpage, OFFSET))
            .findFirst()
            .orElseThrow();
    ByteBuffer target = ByteBuffer.allocateDirect(page.length);
    try (CodecContext context = codec.newContext()) {
      int from = OFFSET + ZpageHeader.BYTES;
      int stored = ZpageHeader.storedBytes(zpage, OFFSET);
      context.decompress(zpage, from, stored, target, 0, page.length);
    }
    byte[] found = new byte[page.length];
    target.get(0, found);
    assertThat(found).isEqualTo(page);
  }

  @ParameterizedTest
  @ValueSource(ints = {4096, 8192, 16384, 32768, 65536})
  void makesEveryPageSizeDenser(int pageBytes) throws CodecException {
    recompressor = recompressor("zstd-3", pageBytes, 1, 0, 1);
    for (String codec : new String[] {"lz4", "none"}) {
      byte[] page = text(pageBytes);
      ByteBuffer zpage = zpage(page, codec);
      int before = bytes(zpage);
      int after = run(zpage);
      assertThat(after).isLessThan(before).isEqualTo(bytes(zpage));
      assertHolds(zpage, page);
    }
    assertThat(recompressor.stats().zpages()).isEqualTo(2);
    assertThat(recompressor.stats().fromBytes()).isGreaterThan(recompressor.stats().toBytes());
  }

  @ParameterizedTest
  @ValueSource(ints = {4096, 65536})
  void marksWhatNoCodecShrinksAndTriesItOnce(int pageBytes) throws CodecException {
    recompressor = recompressor("zstd-3", pageBytes, 1, 0, 1);
    byte[] page = noise(pageBytes);
    ByteBuffer zpage = zpage(page, "none");
    int before = bytes(zpage);
    assertThat(run(zpage)).isEqualTo(before);
    assertThat(run(zpage)).isEqualTo(before);
    assertHolds(zpage, page);
    assertThat(recompressor.stats().marked()).isEqualTo(1);
    assertThat(recompressor.stats().zpages()).isZero();
  }

  @Test
  void aTierFurtherDownMayTryAgain() throws CodecException {
    byte[] page = text(4096);
    ByteBuffer zpage = zpage(page, "lz4");
    int dense = run(zpage);
    assertThat(run(zpage)).isEqualTo(dense);
    assertThat(recompressor.stats().zpages()).isEqualTo(1);
    try (ZpageRecompressor lower = recompressor("zstd-19", 4096, 2, 0, 1)) {
      lower.recompress(zpage, OFFSET, bytes(zpage));
      assertThat(lower.stats().zpages() + lower.stats().marked()).isEqualTo(1);
      assertHolds(zpage, page);
    }
    // What was tried below is not tried by a tier above once more, after a promotion.
    run(zpage);
    assertThat(recompressor.stats().zpages()).isEqualTo(1);
  }

  @Test
  void damageStaysDamage() {
    ByteBuffer zpage = zpage(text(4096), "lz4");
    int at = OFFSET + ZpageHeader.BYTES + 7;
    zpage.put(at, (byte) (zpage.get(at) ^ 1));
    ByteBuffer before = ByteBuffer.allocate(zpage.capacity()).put(0, zpage, 0, zpage.capacity());
    assertThat(run(zpage)).isEqualTo(bytes(zpage));
    assertThat(zpage.clear()).isEqualTo(before.clear());
    assertThat(recompressor.stats().damaged()).isEqualTo(1);
  }

  @Test
  void payloadThatDoesNotDecodeIsDamage() {
    ByteBuffer zpage = zpage(noise(4096), "none");
    ZpageHeader.write(zpage, OFFSET, 3, 4, 5, GENERATION, 1, 0, 12, 4096);
    ZpageHeader.seal(zpage, OFFSET, crc);
    assertThat(run(zpage)).isEqualTo(bytes(zpage));
    ZpageHeader.write(zpage, OFFSET, 3, 4, 5, GENERATION, 250, 0, 12, 4096);
    ZpageHeader.seal(zpage, OFFSET, crc);
    assertThat(run(zpage)).isEqualTo(bytes(zpage));
    assertThat(recompressor.stats().damaged()).isEqualTo(2);
  }

  @Test
  void smallPayloadsAreNotWorthATry() {
    recompressor = recompressor("zstd-3", 4096, 1, 4096, 1);
    ByteBuffer zpage = zpage(text(4096), "lz4");
    assertThat(run(zpage)).isEqualTo(bytes(zpage));
    assertThat(recompressor.stats()).isEqualTo(RecompressionStats.ZERO);
    assertThat(ZpageHeader.recompressionStep(zpage, OFFSET)).isZero();
  }

  @Test
  void whatIsBeyondTheBudgetPassesUnmarked() throws CodecException {
    // Each look at the clock of the thread is a twentieth of a second: two spend what was saved.
    recompressor =
        new ZpageRecompressor(
            new RecompressionRule(Codecs.parse("zstd-3"), 4096, 1, 0, 0, 0.05),
            Codecs.all(),
            clock::get,
            () -> cpu.getAndAdd(50_000_000));
    byte[] page = text(4096);
    ByteBuffer first = zpage(page, "lz4");
    assertThat(run(first)).isLessThan(bytes(zpage(page, "lz4")));
    ByteBuffer second = zpage(page, "lz4");
    int before = bytes(second);
    assertThat(run(second)).isEqualTo(before);
    assertThat(recompressor.stats().overBudget()).isEqualTo(1);
    assertThat(ZpageHeader.recompressionStep(second, OFFSET)).isZero();
    assertThat(recompressor.stats().nanos()).isEqualTo(50_000_000);
    clock.addAndGet(1_000_000_000L);
    assertThat(run(second)).isLessThan(before);
    assertHolds(second, page);
  }

  @Test
  void afterCloseEverythingPasses() {
    ByteBuffer zpage = zpage(text(4096), "lz4");
    run(zpage(text(4096), "lz4"));
    recompressor.close();
    recompressor.close();
    assertThat(run(zpage)).isEqualTo(bytes(zpage));
  }

  @Test
  void aShareIsNeverNothingNorMoreThanACore() {
    for (double share : new double[] {0, -1, 1.1, Double.NaN}) {
      assertThatThrownBy(() -> recompressor("zstd-3", 4096, 1, 0, share))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("CPU share");
    }
  }
}
