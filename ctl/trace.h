#ifndef SETPOINT_CTL_TRACE_H
#define SETPOINT_CTL_TRACE_H

/* With SETPOINT_TRACE=FILE in the environment, what setpointctl was answered is added to that file, a line of
   JSON per reply and per value of a stream: {"method", "target", "status", "reply"}, where target is the path
   with its query and reply the text as it came. A file that cannot be written is passed over in silence: it
   is for finding out what was said, and changes nothing. */
void trace_reply(const char *method, const char *url, long status, const char *reply);

#endif
