/** Exit status of ssh for whatever is not the remote side's (ssh(1), "EXIT STATUS"). */
export const EXIT_OWN_FAILURE = 255;
