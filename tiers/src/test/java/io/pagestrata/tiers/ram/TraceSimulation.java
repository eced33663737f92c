// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram;

import io.pagestrata.core.eviction.Eviction;
import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.TierHost;
import io.pagestrata.core.tier.TierStats;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.tiers.ram.zpool.ZpoolKind;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/**
 * Replays a recorded swap trace through a RAM tier and through exact LRU, and prints one line of
 * hit ratios, density and copies per put for each size and cleaning threshold. A program, not a
 * test: {@code TraceSimulation TRACE.swt.gz MIB[,MIB...] THRESHOLD[,THRESHOLD...]}.
 *
 * <p>Every read that misses is promoted, a referenced zpage gets a second chance, and reclaim runs
 * to its end before the next request. Zpage sizes are drawn from the sizes of lz4 on real pages.
 */
public final class TraceSimulation {
  private static final int HEADER_BYTES = 32;
  private static final int RECORD_BYTES = 16;
  private static final int READ = 0;
  private static final int WRITE = 1;
  private static final int TRIM = 2;
  private static final long ABSENT = -1;
  private static final long BELOW = -2;

  /** Deciles of lz4 payload bytes of 4 KiB pages, over four kinds of processes. */
  private static final int[] PAYLOAD_DECILES = {
    120, 760, 960, 1100, 1230, 1360, 1490, 1640, 1840, 2250, 4096
  };

  private static final double HIGH = 0.96;
  private static final double LOW = 0.94;

  private final long[] records;
  private final int pages;

  private TraceSimulation(Path trace) throws IOException {
    try (InputStream file = new GZIPInputStream(Files.newInputStream(trace), 1 << 16);
        DataInputStream in = new DataInputStream(file)) {
      ByteBuffer header =
          ByteBuffer.wrap(in.readNBytes(HEADER_BYTES)).order(ByteOrder.LITTLE_ENDIAN);
      pages = Math.toIntExact(header.getLong(16));
      ByteBuffer body = ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
      records = new long[body.capacity() / RECORD_BYTES * 3];
      for (int i = 0; i < records.length; i += 3) {
        int at = i / 3 * RECORD_BYTES;
        records[i] = body.get(at);
        records[i + 1] = Integer.toUnsignedLong(body.getInt(at + 4));
        records[i + 2] = Integer.toUnsignedLong(body.getInt(at + 8));
      }
    }
  }

  /** A cache that hears of every page of every request. */
  private interface Cache {
    boolean read(int page);

    void write(int page, int payloadBytes);

    void trim(int page);
  }

  /** Share of page reads that hit, pages never written left out. */
  private double replay(Cache cache) {
    boolean[] written = new boolean[pages];
    int[] versions = new int[pages];
    long reads = 0;
    long hits = 0;
    for (int i = 0; i < records.length; i += 3) {
      for (long page = records[i + 1]; page < records[i + 1] + records[i + 2]; page++) {
        int p = (int) page;
        if (records[i] == WRITE) {
          cache.write(p, payloadBytes(p, versions[p]++));
          written[p] = true;
        } else if (records[i] == TRIM) {
          cache.trim(p);
          written[p] = false;
        } else if (records[i] == READ && written[p]) {
          reads++;
          hits += cache.read(p) ? 1 : 0;
        }
      }
    }
    return (double) hits / reads;
  }

  private static int payloadBytes(int page, int version) {
    long mixed = (page * 31L + version + 1) * 0x9e3779b97f4a7c15L;
    mixed = (mixed ^ mixed >>> 32) * 0xd6e8feb86659fd93L;
    int permille = (int) Math.floorMod(mixed >>> 20, 1000L);
    int low = PAYLOAD_DECILES[permille / 100];
    int high = PAYLOAD_DECILES[permille / 100 + 1];
    return low + (high - low) * (permille % 100) / 100;
  }

  /** Exact LRU, bounded by pages or by bytes. */
  private static final class ExactLru implements Cache {
    private final Map<Integer, Integer> order = new LinkedHashMap<>(16, 0.75f, true);
    private final int[] payloads;
    private final double most;
    private final boolean byBytes;
    private double held;

    ExactLru(int pages, double most, boolean byBytes) {
      payloads = new int[pages];
      this.most = most;
      this.byBytes = byBytes;
    }

    @Override
    public boolean read(int page) {
      boolean hit = order.containsKey(page);
      add(page);
      return hit;
    }

    @Override
    public void write(int page, int payloadBytes) {
      trim(page);
      payloads[page] = payloadBytes;
      add(page);
    }

    private void add(int page) {
      int weight = byBytes ? payloads[page] + ZpageHeader.BYTES : 1;
      if (order.put(page, weight) == null) {
        held += weight;
      }
      while (held > most) {
        trim(order.keySet().iterator().next());
      }
    }

    @Override
    public void trim(int page) {
      Integer weight = order.remove(page);
      held -= weight == null ? 0 : weight;
    }
  }

  /** The RAM tier under a page table of arrays. */
  private static final class LogCache implements Cache, TierHost, AutoCloseable {
    final RamTier tier;
    private final long[] table;
    private final boolean[] referenced;
    private final int[] payloads;
    private final ByteBuffer zpage = ByteBuffer.allocateDirect(8192);
    long puts;
    private long densitySamples;
    private double densitySum;
    private double zpagesSum;
    private long held;

    LogCache(int pages, RamSettings settings) {
      table = new long[pages];
      Arrays.fill(table, ABSENT);
      referenced = new boolean[pages];
      payloads = new int[pages];
      tier = new RamTier(settings, new MemoryBudget(settings.maxBytes()), System::nanoTime);
      tier.attach(this);
    }

    @Override
    public boolean read(int page) {
      if (table[page] >= 0) {
        referenced[page] = true;
        return true;
      }
      store(page, StoreIntent.PROMOTION);
      return false;
    }

    @Override
    public void write(int page, int payloadBytes) {
      puts++;
      trim(page);
      payloads[page] = payloadBytes;
      store(page, StoreIntent.PUT);
    }

    private void store(int page, StoreIntent intent) {
      ZpageHeader.write(zpage, 0, 0, page, 0, 0, 1, 0, 12, payloads[page]);
      long locator;
      while ((locator =
              tier.store(
                  zpage, 0, ZpageHeader.BYTES + payloads[page], UpperTier.NO_BACKING, intent))
          < 0) {
        reclaim();
      }
      table[page] = locator;
      referenced[page] = false;
      held++;
      if (tier.usedBytes() > HIGH * tier.limitBytes()) {
        sample();
        while (tier.usedBytes() > LOW * tier.limitBytes()) {
          reclaim();
        }
      }
    }

    private void sample() {
      densitySamples++;
      TierStats stats = tier.stats();
      densitySum += (double) stats.zpageBytes() / stats.usedBytes();
      zpagesSum += held;
    }

    private void reclaim() {
      long region = tier.reclaim(this::evict, Long.MAX_VALUE);
      if (region >= 0) {
        tier.settle(region);
      }
    }

    private void evict(ByteBuffer memory, int offset, int bytes, long locator, long backing) {
      if (!isLive(memory, offset, locator)) {
        return;
      }
      int page = (int) ZpageHeader.object(memory, offset);
      long to = UpperTier.NO_SPACE;
      if (referenced[page]) {
        referenced[page] = false;
        to = tier.store(memory, offset, bytes, backing, StoreIntent.RECLAIM);
      }
      table[page] = to < 0 ? BELOW : to;
      held -= to < 0 ? 1 : 0;
      tier.free(locator);
    }

    @Override
    public void trim(int page) {
      if (table[page] >= 0) {
        tier.free(table[page]);
        held--;
      }
      table[page] = ABSENT;
    }

    double density() {
      return densitySum / densitySamples;
    }

    double meanZpages() {
      return zpagesSum / densitySamples;
    }

    @Override
    public boolean isLive(ByteBuffer memory, int offset, long locator) {
      return table[(int) ZpageHeader.object(memory, offset)] == locator;
    }

    @Override
    public boolean relocate(ByteBuffer memory, int offset, long from, long to) {
      table[(int) ZpageHeader.object(memory, offset)] = to;
      return true;
    }

    @Override
    public void underPressure() {}

    @Override
    public void spaceFreed() {}

    @Override
    public void close() {
      tier.close();
    }
  }

  private void print(String name, int mib, double threshold, int blockBytes) {
    long bytes = (long) mib << 20;
    RamSettings settings =
        new RamSettings(
            "ram",
            ZpoolKind.LOG,
            bytes,
            4096,
            blockBytes,
            0,
            8,
            0.98,
            threshold,
            0.9,
            Eviction.SECOND_CHANCE,
            false);
    try (LogCache log = new LogCache(pages, settings)) {
      double hits = replay(log);
      double sameBytes = replay(new ExactLru(pages, bytes, true));
      double samePages = replay(new ExactLru(pages, log.meanZpages(), false));
      System.out.printf(
          "%-16s %4d MiB clean %.2f: density %.3f, hits %.4f, LRU of %6.0f pages %.4f (x %.3f),"
              + " LRU of same bytes %.4f (x %.3f), copies/put %.2f%n",
          name,
          mib,
          threshold,
          log.density(),
          hits,
          log.meanZpages(),
          samePages,
          hits / samePages,
          sameBytes,
          hits / sameBytes,
          (double) log.tier.stats().cleanedZpages() / log.puts);
    }
  }

  /**
   * Runs the simulation.
   *
   * @param args trace file, sizes in MiB, thresholds, and block bytes if not automatic
   * @throws IOException when the trace cannot be read
   */
  public static void main(String[] args) throws IOException {
    TraceSimulation simulation = new TraceSimulation(Path.of(args[0]));
    String name = Path.of(args[0]).getFileName().toString().replace(".swt.gz", "");
    for (String mib : args[1].split(",")) {
      for (String threshold : args[2].split(",")) {
        simulation.print(
            name,
            Integer.parseInt(mib),
            Double.parseDouble(threshold),
            args.length > 3 ? Integer.parseInt(args[3]) : 0);
      }
    }
  }
}
