// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import io.pagestrata.core.Deduplication;
import io.pagestrata.core.EphemeralPages;
import io.pagestrata.core.IncompressiblePages;
import java.util.List;

/** The table of the policies for pages, as {@link Settings} is for the settings of a store. */
public final class PolicySettings {
  /** Cold ephemeral pages. */
  public static final Setting<EphemeralPages> EPHEMERAL_PAGES =
      Setting.withDefault(
          "ephemeral-pages",
          new ChoiceType<>(EphemeralPages.class),
          "drop",
          PoliciesConfig.class,
          PoliciesConfig::ephemeralPages,
          "What becomes of cold pages of ephemeral pools: dropped, oldest first, or written back"
              + " where that is possible, for data that is dearer to make again than to write.");

  /** Pages that do not shrink. */
  public static final Setting<IncompressiblePages> INCOMPRESSIBLE_PAGES =
      Setting.withDefault(
          "incompressible-pages",
          new ChoiceType<>(IncompressiblePages.class),
          "keep",
          PoliciesConfig.class,
          PoliciesConfig::incompressiblePages,
          "What is done with pages that no codec shrinks: kept in order of age, written back before"
              + " all others when RAM is short, or refused at the put.");

  /** Identical pages. */
  public static final Setting<Deduplication> DEDUPLICATION =
      Setting.withDefault(
          "deduplication",
          new ChoiceType<>(Deduplication.class),
          "off",
          PoliciesConfig.class,
          PoliciesConfig::deduplication,
          "Which identical pages of persistent pools share one zpage: none, those of one pool, of"
              + " one tenant or of the whole store. Whoever can put a page and time it learns"
              + " whether another has the same, so choose store only among tenants who trust each"
              + " other.");

  /** The policies. */
  public static final Section<PoliciesConfig> POLICIES =
      new Section<>(
          "policies",
          "What is done with pages of different kinds.",
          PoliciesConfig::from,
          List.of(EPHEMERAL_PAGES, INCOMPRESSIBLE_PAGES, DEDUPLICATION));

  private PolicySettings() {}
}
