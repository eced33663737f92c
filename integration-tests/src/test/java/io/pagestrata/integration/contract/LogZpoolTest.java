// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.contract;

import io.pagestrata.tiers.ram.zpool.ZpoolKind;

/** The {@code log} zpool keeps the contract of zpools. */
class LogZpoolTest extends ZpoolContract {
  LogZpoolTest() {
    super(ZpoolKind.LOG);
  }
}
