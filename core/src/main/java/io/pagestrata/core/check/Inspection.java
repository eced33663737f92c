// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.check;

import java.util.ArrayList;
import java.util.List;

/**
 * What is in the directory of a store.
 *
 * @param state what kind of store it is and how it was left
 * @param segments every segment, by sequence
 * @param pools every pool that survives, by id
 * @param totals sums of it
 * @param findings what is not as it should be
 * @param moreLeft findings that are not listed and still do harm
 */
public record Inspection(
    StoreState state,
    List<SegmentFacts> segments,
    List<PoolFacts> pools,
    CheckTotals totals,
    List<Finding> findings,
    long moreLeft) {
  /**
   * Copies the lists.
   *
   * @param state what kind of store it is and how it was left
   * @param segments every segment
   * @param pools every pool
   * @param totals sums of it
   * @param findings what is not as it should be
   * @param moreLeft findings that are not listed and still do harm
   */
  public Inspection {
    segments = List.copyOf(segments);
    pools = List.copyOf(pools);
    findings = List.copyOf(findings);
  }

  /**
   * What kind of store it is and how it was left.
   *
   * @param durable whether its pages survive
   * @param clean whether it was closed in order
   * @param storeId identity of the store, or empty
   * @param manifest number of the manifest, 0 when there is none
   * @param pageBytes page size, 0 when unknown
   * @param user who had the directory for itself meanwhile, in words, or empty
   */
  public record StoreState(
      boolean durable, boolean clean, String storeId, long manifest, int pageBytes, String user) {}

  /**
   * The same with one finding more.
   *
   * @param finding the last one
   * @return an inspection
   */
  public Inspection with(Finding finding) {
    List<Finding> more = new ArrayList<>(findings);
    more.add(finding);
    return new Inspection(state, segments, pools, totals, more, moreLeft);
  }

  /**
   * The same of a directory that somebody uses.
   *
   * @param user who does, in words, or empty
   * @return an inspection
   */
  public Inspection usedBy(String user) {
    StoreState used =
        new StoreState(
            state.durable(),
            state.clean(),
            state.storeId(),
            state.manifest(),
            state.pageBytes(),
            user);
    return new Inspection(used, segments, pools, totals, findings, moreLeft);
  }

  /**
   * How many findings still do harm. In a volatile store none does, since its next start deletes
   * everything.
   *
   * @return number of findings
   */
  public long left() {
    return state.durable() ? moreLeft + findings.stream().filter(Finding::isLeft).count() : 0;
  }
}
