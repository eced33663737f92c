// SPDX-License-Identifier: Apache-2.0
/**
 * Whole stores with a remote tier, against real servers that are killed, hung, filled and emptied.
 */
package io.pagestrata.integration.remote;
