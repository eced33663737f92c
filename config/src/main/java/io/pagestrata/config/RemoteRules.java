// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import java.util.List;

/** What makes a remote tier fit into its chain. Stateless. */
final class RemoteRules {
  private RemoteRules() {}

  static void check(int number, List<TierConfig> tiers, Problems problems) {
    RemoteTierConfig remote = (RemoteTierConfig) tiers.get(number);
    if (number > 0 && !(tiers.get(number - 1) instanceof RamTierConfig)) {
      problems.add(
          Place.ofTier(number, RemoteTierSettings.REMOTE),
          "not right below a tier of type ram; expected one remote tier, between ram and file");
    }
    boolean hasFileBelow =
        number + 1 < tiers.size() && tiers.get(number + 1) instanceof FileTierConfig;
    if (remote.safety() == RemoteSafety.MIRROR && !hasFileBelow) {
      problems.addIfSound(
          "'mirror' needs a tier of type file below; expected one, or safety replicas",
          Place.ofTier(number, RemoteTierSettings.REMOTE, RemoteTierSettings.SAFETY));
    }
    if (remote.servers().stream().map(it -> it.tls()).distinct().count() > 1) {
      problems.addIfSound(
          "some servers have TLS and some do not; expected the same of all",
          Place.ofTier(number, RemoteTierSettings.REMOTE, RemoteTierSettings.SERVERS));
    }
  }
}
