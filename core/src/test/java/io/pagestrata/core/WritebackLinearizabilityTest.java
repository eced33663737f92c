// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.testing.HeapTier;
import io.pagestrata.core.testing.StepWriteback;
import io.pagestrata.core.testing.StoreRig;
import io.pagestrata.core.tier.TierOutcome;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/**
 * Nobody who puts, gets, takes or flushes can tell that zpages are written back meanwhile: Lincheck
 * runs generated scenarios over shadow entries, committed and cancelled, and looks for an order
 * that explains every result without any writeback (hazards H1 to H3).
 */
public class WritebackLinearizabilityTest {
  /** A store of two tiers whose writeback is moved step by step by the scenario. */
  @Param(name = "page", gen = IntGen.class, conf = "0:1")
  @Param(name = "version", gen = IntGen.class, conf = "1:3")
  public static class Store {
    private final StoreRig rig;
    private final ConcurrentLinkedQueue<StepWriteback.Round> inFlight =
        new ConcurrentLinkedQueue<>();

    public Store() {
      this(StoreRig.builder());
    }

    Store(StoreRig.Builder builder) {
      rig = builder.slots(16).promoteAlways().open();
    }

    @Operation
    public boolean put(@Param(name = "page") int page, @Param(name = "version") int version) {
      return rig.put(rig.swap, 1, page, version);
    }

    @Operation
    public long get(@Param(name = "page") int page) {
      return rig.get(rig.swap, 1, page);
    }

    @Operation
    public long take(@Param(name = "page") int page) {
      return rig.take(rig.swap, 1, page);
    }

    @Operation
    public boolean flush(@Param(name = "page") int page) {
      return rig.store.flush(rig.swap, 1, page);
    }

    /** Makes shadows of what the top tier holds. */
    @Operation
    public void claim() {
      inFlight.add(rig.writeback.collect(0, false));
    }

    /** Shadows become entries of the tier below, or stay above when they were read. */
    @Operation
    public void commit() {
      StepWriteback.Round round = inFlight.poll();
      if (round != null) {
        if (rig.writeback.write(round) != TierOutcome.STORED) {
          throw new AssertionError("the tier below has room for every scenario");
        }
        rig.writeback.commit(round);
      }
    }

    /** Shadows become plain entries again. */
    @Operation
    public void cancel() {
      StepWriteback.Round round = inFlight.poll();
      if (round != null) {
        rig.writeback.cancel(round);
      }
    }
  }

  /** The same with pages that are equal when their versions are, and share their zpage then. */
  @Param(name = "page", gen = IntGen.class, conf = "0:1")
  @Param(name = "version", gen = IntGen.class, conf = "1:2")
  public static class SharingStore extends Store {
    public SharingStore() {
      super(
          StoreRig.builder()
              .anonymousPages()
              .lowerKind(HeapTier.Kind.REUSES_LOCATORS)
              .policies(StorePolicies.DEFAULT.with(Deduplication.POOL)));
    }
  }

  /** The same store as its users know it. */
  public static class Pages {
    private final long[] versions = {-1, -1};

    public boolean put(int page, int version) {
      versions[page] = version;
      return true;
    }

    public long get(int page) {
      return versions[page];
    }

    public long take(int page) {
      long version = versions[page];
      versions[page] = -1;
      return version;
    }

    public boolean flush(int page) {
      return take(page) != -1;
    }

    public void claim() {}

    public void commit() {}

    public void cancel() {}
  }

  @Test
  void writebackIsInvisible() {
    check(Store.class);
  }

  @Test
  void sharingIsInvisible() {
    check(SharingStore.class);
  }

  private static void check(Class<?> store) {
    new StressOptions()
        .iterations(20)
        .invocationsPerIteration(200)
        .threads(3)
        .actorsBefore(3)
        .actorsPerThread(3)
        .sequentialSpecification(Pages.class)
        .check(store);
  }
}
