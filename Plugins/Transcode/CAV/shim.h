/* libavcodec, libavfilter and libavutil, with what their headers have as macros only. */
#ifndef SLUICE_TRANSCODE_AV_H
#define SLUICE_TRANSCODE_AV_H
#include <errno.h>
#include <libavcodec/avcodec.h>
#include <libavfilter/avfilter.h>
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <libavutil/audio_fifo.h>
#include <libavutil/channel_layout.h>
#include <libavutil/error.h>
#include <libavutil/frame.h>
#include <libavutil/hwcontext.h>
#include <libavutil/imgutils.h>
#include <libavutil/log.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>

static const int av_again = AVERROR(EAGAIN);
static const int av_no_memory = AVERROR(ENOMEM);
static const int av_end_of_file = AVERROR_EOF;
static const int av_invalid_data = AVERROR_INVALIDDATA;
static const int64_t av_no_pts = AV_NOPTS_VALUE;
static const int av_closed_gop = (int)AV_CODEC_FLAG_CLOSED_GOP;
#endif
