// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.contract;

import io.pagestrata.tiers.ram.zpool.ZpoolKind;

/** The {@code zsmalloc} zpool keeps the contract of zpools. */
class ZsmallocZpoolTest extends ZpoolContract {
  ZsmallocZpoolTest() {
    super(ZpoolKind.ZSMALLOC);
  }
}
