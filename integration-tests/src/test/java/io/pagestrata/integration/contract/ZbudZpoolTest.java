// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.contract;

import io.pagestrata.tiers.ram.zpool.ZpoolKind;

/** The {@code zbud} zpool keeps the contract of zpools. */
class ZbudZpoolTest extends ZpoolContract {
  ZbudZpoolTest() {
    super(ZpoolKind.ZBUD);
  }
}
