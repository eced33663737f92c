// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.tiers.ram.zpool.ZpoolKind;
import java.util.List;
import java.util.function.Consumer;

/**
 * What every comparison of zpools works with.
 *
 * @param bench settings and sample pages
 * @param zpages the sample pages compressed
 * @param kinds zpools that this JVM can run
 * @param poolBytes memory of each pool that is filled
 * @param doing takes what is done next; each call is a step
 */
record ZpoolContext(
    BenchContext bench,
    BareZpages zpages,
    List<ZpoolKind> kinds,
    long poolBytes,
    Consumer<String> doing) {
  int pageBytes() {
    return bench.pages().pageBytes();
  }

  ZpageSizes realSizes() {
    return ZpageSizes.real(zpages, bench.pages().count());
  }

  ZpoolChurn churn(ZpoolKind kind, ZpageSizes sizes) {
    return new ZpoolChurn(kind, (long) (sizes.poolShare() * poolBytes), pageBytes(), sizes, bench);
  }

  /** Says what comes next, and ends the benchmark here when the user wants that. */
  void begin(String what, ZpoolKind kind) throws StoppedException {
    StoppedException.throwIf(bench.stop());
    doing.accept(what + ", " + ZpoolRow.word(kind));
  }
}
