// SPDX-License-Identifier: Apache-2.0
/**
 * What every implementation of a port must do: one abstract suite per port, one subclass per
 * implementation.
 */
package io.pagestrata.integration.contract;
