// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.Pagestrata;
import io.pagestrata.core.codec.CodecContext;
import io.pagestrata.core.codec.PageCodec;
import io.pagestrata.daemon.report.Unit;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** The codecs alone: what no store can be faster than. */
final class CodecMeasurement implements Measurement {
  private static final List<String> CODECS = List.of("lz4", "zstd--1", "zstd-1", "zstd-3");

  @Override
  public String name() {
    return "codec";
  }

  @Override
  public void run(BenchContext bench, Consumer<BenchRow> rows) throws Exception {
    for (String name : CODECS) {
      PageCodec codec = Pagestrata.codec(name);
      BareZpages zpages = new BareZpages(bench.pages(), codec);
      String ratio = String.format(Locale.ROOT, "compression ratio %.2f", zpages.ratio());
      try (CodecContext context = codec.newContext()) {
        double compress =
            Comparison.alone(
                bench.rounds(),
                () -> bench.nanosPerOperation(() -> BarePasses.compress(bench.pages(), context)));
        rows.accept(BenchRow.alone(name + " compress", Unit.NANOS, compress, Target.NONE, ratio));
        int[] order = bench.pages().shuffled(bench.settings().seed());
        ByteBuffer target = ByteBuffer.allocateDirect(bench.pages().pageBytes());
        double decompress =
            Comparison.alone(
                bench.rounds(),
                () ->
                    bench.nanosPerOperation(
                        () -> BarePasses.decompress(zpages, order, context, target)));
        rows.accept(
            BenchRow.alone(name + " decompress", Unit.NANOS, decompress, Target.NONE, ratio));
      }
    }
  }
}
