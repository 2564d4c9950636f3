/* SPDX-License-Identifier: ISC */
/* The program that the container of the bench runs: returns 0. */
int main(void)
{
	return 0;
}
