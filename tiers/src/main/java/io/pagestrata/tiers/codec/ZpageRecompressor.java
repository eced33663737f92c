// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.codec;

import io.pagestrata.core.codec.CodecContext;
import io.pagestrata.core.codec.CodecException;
import io.pagestrata.core.codec.PageCodec;
import io.pagestrata.core.tier.RecompressionStats;
import io.pagestrata.core.tier.Recompressor;
import io.pagestrata.core.tier.ZpageHeader;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.zip.CRC32C;

/**
 * Decompresses a zpage and compresses the page again with a denser codec.
 *
 * <p>The old checksum is verified first, so damage is never sealed into a zpage that looks whole.
 * Thread-safe: one lock, held for one zpage, guards contexts and buffers (hazard H13).
 */
public final class ZpageRecompressor implements Recompressor {
  /** Saving less only makes every later read slower. */
  private static final int LEAST_GAIN_SHARE = 16;

  private final RecompressionRule rule;
  private final Map<Integer, PageCodec> codecs = new HashMap<>();
  private final Map<Integer, CodecContext> decoders = new HashMap<>();
  private final LongSupplier nanoClock;
  private final LongSupplier cpuClock;
  private final CpuAllowance allowance;
  private final CRC32C crc = new CRC32C();
  private final ByteBuffer page;
  private final ByteBuffer payload;
  private CodecContext encoder;
  private RecompressionStats stats = RecompressionStats.ZERO;
  private boolean closed;

  /**
   * Makes a recompressor.
   *
   * @param rule what it does
   * @param codecs every codec that may have made a zpage, one per id
   * @param nanoClock nanoseconds, as {@link System#nanoTime}; what the share is a share of
   * @param cpuClock nanoseconds that the calling thread has spent on a processor
   */
  public ZpageRecompressor(
      RecompressionRule rule,
      List<PageCodec> codecs,
      LongSupplier nanoClock,
      LongSupplier cpuClock) {
    this.rule = rule;
    this.nanoClock = nanoClock;
    this.cpuClock = cpuClock;
    codecs.forEach(codec -> this.codecs.put(codec.id(), codec));
    allowance = new CpuAllowance(rule.cpuShare(), nanoClock.getAsLong());
    page = ByteBuffer.allocateDirect(rule.pageBytes());
    payload = ByteBuffer.allocateDirect(payloadCapacity(rule.pageBytes()));
  }

  private static int payloadCapacity(int pageBytes) {
    return pageBytes + pageBytes / 128 + 512;
  }

  /**
   * Memory of one recompressor.
   *
   * @param pageBytes page size of the store
   * @return bytes of its buffers
   */
  public static long bufferBytes(int pageBytes) {
    return pageBytes + payloadCapacity(pageBytes);
  }

  @Override
  public synchronized int recompress(ByteBuffer memory, int offset, int bytes) {
    if (closed
        || bytes - ZpageHeader.BYTES < rule.minBytes()
        || ZpageHeader.recompressionStep(memory, offset) >= rule.step()) {
      return bytes;
    }
    if (!allowance.isLeft(nanoClock.getAsLong())) {
      count(new RecompressionStats(0, 0, 0, 0, 1, 0, 0));
      return bytes;
    }
    long start = cpuClock.getAsLong();
    int result = attempt(memory, offset, bytes);
    long nanos = cpuClock.getAsLong() - start;
    allowance.spend(nanos);
    count(new RecompressionStats(0, 0, 0, 0, 0, 0, nanos));
    return result;
  }

  private int attempt(ByteBuffer memory, int offset, int bytes) {
    if (!decompress(memory, offset, bytes)) {
      count(new RecompressionStats(0, 0, 0, 0, 0, 1, 0));
      return bytes;
    }
    if (encoder == null) {
      encoder = rule.codec().newContext();
    }
    int stored = bytes - ZpageHeader.BYTES;
    int codecId = encoder.codecFor(ZpageHeader.pool(memory, offset));
    int denser = encoder.compress(page, 0, rule.pageBytes(), payload, 0, payload.capacity());
    if (denser < 0 || denser > stored - stored / LEAST_GAIN_SHARE) {
      int codec = ZpageHeader.codec(memory, offset);
      ZpageHeader.recompressed(memory, offset, codec, stored, rule.step(), crc);
      count(new RecompressionStats(0, 0, 0, 1, 0, 0, 0));
      return bytes;
    }
    memory.put(offset + ZpageHeader.BYTES, payload, 0, denser);
    ZpageHeader.recompressed(memory, offset, codecId, denser, rule.step(), crc);
    int result = ZpageHeader.BYTES + denser;
    count(new RecompressionStats(1, bytes, result, 0, 0, 0, 0));
    return result;
  }

  /** Fills {@link #page}; false for a zpage that is damaged. */
  private boolean decompress(ByteBuffer memory, int offset, int bytes) {
    if (!ZpageHeader.verify(memory, offset, bytes, crc)
        || ZpageHeader.zpageBytes(memory, offset) != bytes
        || !ZpageHeader.isPage(memory, offset)
        || 1 << ZpageHeader.pageShift(memory, offset) != rule.pageBytes()) {
      return false;
    }
    PageCodec codec = codecs.get(ZpageHeader.codec(memory, offset));
    if (codec == null) {
      return false;
    }
    try {
      decoders
          .computeIfAbsent(codec.id(), id -> codec.newContext())
          .decompress(
              memory,
              offset + ZpageHeader.BYTES,
              bytes - ZpageHeader.BYTES,
              page,
              0,
              rule.pageBytes());
      return true;
    } catch (CodecException e) {
      return false;
    }
  }

  private void count(RecompressionStats more) {
    stats = stats.plus(more);
  }

  @Override
  public long idleAgeNanos() {
    return rule.idleAgeNanos();
  }

  @Override
  public synchronized boolean isReady() {
    return !closed && allowance.isLeft(nanoClock.getAsLong());
  }

  @Override
  public synchronized RecompressionStats stats() {
    return stats;
  }

  @Override
  public synchronized void close() {
    closed = true;
    decoders.values().forEach(CodecContext::close);
    decoders.clear();
    if (encoder != null) {
      encoder.close();
      encoder = null;
    }
  }
}
